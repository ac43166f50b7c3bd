export interface NodeOptions {
  readonly sourceMaps: boolean
  /** ES modules by `require` and by their syntax, where the runtime has them off. */
  readonly requireModule: boolean
  readonly preload: readonly { readonly name: string; readonly imported: boolean }[]
  /** Options that do nothing here. */
  readonly unknown: readonly string[]
}

const withModule = /^(--require|-r|--import)$/
/** Options of memory and warnings, which say nothing that the model could differ in. */
const harmless =
  /^--(max-old-space-size|max-semi-space-size|max_old_space_size|max_semi_space_size|no-warnings|no-deprecation|trace-\w+|stack-trace-limit|unhandled-rejections=throw|dns-result-order|no-experimental-\w+)/

/** What the variable `NODE_OPTIONS` asks for, as far as a thread can be told while it runs. */
export function nodeOptionsOf(text = ''): NodeOptions {
  const preload: { name: string; imported: boolean }[] = []
  const unknown: string[] = []
  let sourceMaps = false
  let requireModule = false
  const words = text.split(/\s+/).filter((word) => word !== '')
  for (let i = 0; i < words.length; i += 1) {
    const [name = '', value] = (words[i] ?? '').split(/=(.*)/)
    if (withModule.test(name)) {
      if (value === undefined) i += 1
      const module = value ?? words[i]
      if (module !== undefined) preload.push({ name: module, imported: name === '--import' })
    } else if (name === '--enable-source-maps') sourceMaps = true
    else if (/^--experimental-(require|detect)-module$/.test(name)) requireModule = true
    else if (!harmless.test(words[i] ?? '')) unknown.push(name)
  }
  return { sourceMaps, requireModule, preload, unknown }
}
