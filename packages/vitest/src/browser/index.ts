export { type BrowserOfCloud, openBrowser } from './chromium.ts'
export type { Field, Form, ShownPage } from './shown-page.ts'
export { type ScriptRequest, type SentForm, Visitor, type VisitorOptions } from './visitor.ts'
