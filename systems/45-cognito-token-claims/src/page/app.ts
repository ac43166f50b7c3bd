import { call, type Designs, measured } from './calls.ts'
import { returned, type Session, type Settings, signIn, signOut } from './login.ts'
import { claimsIn, sizeOf, withOrigins } from './token.ts'
import { element, fill, made, notice, onSubmit, rowOf, say, show } from './view.ts'

const settings = (await (await fetch('/settings.json')).json()) as Settings // The server's own.

/** Tokens live here and nowhere else: a reload asks the login again, which remembers the person for an hour. */
let session: Session | undefined

element('sign-in').addEventListener('click', () => void signIn(settings))
element('sign-out').addEventListener('click', () => signOut(settings))
element('show-detail').addEventListener('click', () => {
  // Of `hidden` a browser may say a word too.
  const isShown = element('detail').hidden !== false
  show('detail', isShown)
  element('show-detail').ariaExpanded = String(isShown)
})
element('refresh').addEventListener('click', () => {
  void notice(async () => {
    await session?.renew()
    showAll()
  })
})
onSubmit('ask', 'open', async () => await open(element('project').value))
onSubmit('compare', 'call', async () => await compare(Number(element('calls').value)))

await notice(async () => {
  session = await returned(settings)
})
showAll()
// Who comes back from the login hears where the page begins.
if (session !== undefined) element('heading').focus()

function showAll(): void {
  show('signed-out', session === undefined)
  show('signed-in', session !== undefined)
  show('who', session !== undefined)
  if (session === undefined) return
  const { idToken, accessToken, endsAtMs } = session
  const claims = claimsIn(idToken)
  say('name', String(claims['userName'] ?? ''))
  say('life', `It ends at ${new Date(endsAtMs).toLocaleTimeString()}.`)
  say('bytes', `${sizeOf(accessToken)} of 10,240 bytes that a request’s headers may have`)
  fill('size', String(sizeOf(accessToken)))
  fill('id-token', idToken)
  fill('decoded', JSON.stringify(claims, null, 2))
  fill('access-token', accessToken)
  element('origins').replaceChildren(
    ...withOrigins(claims).map(({ name, value, origin, isOurs }) =>
      rowOf([name, value, origin], isOurs ? 'ours' : ''),
    ),
  )
  showProjects(String(claims['projects'] ?? ''))
}

function showProjects(list: string): void {
  const ids = list.split(',').filter((id) => id !== '')
  const buttons = ids.map((id) => {
    const button = made('button', id)
    button.type = 'button'
    button.addEventListener('click', () => void notice(() => open(id)))
    return button
  })
  element('projects').replaceChildren(...buttons)
}

async function open(projectId: string): Promise<void> {
  if (session === undefined) return
  const { items, message } = await call(session, settings, 'claim', projectId)
  if (items === undefined) {
    element('records').replaceChildren(made('p', message, 'refused'))
    return
  }
  const table = made('table', '')
  table.append(...items.map(({ projectId, itemId, title }) => rowOf([projectId, itemId, title])))
  element('records').replaceChildren(table)
}

const designs: Designs = { claim: 'By the claim', lookup: 'Standard: a lookup a call' }

async function compare(calls: number): Promise<void> {
  if (session === undefined) return
  element('designs').replaceChildren()
  const [projectId = ''] = String(claimsIn(session.idToken)['projects'] ?? '').split(',')
  for (const design of ['claim', 'lookup'] as const) {
    const { lookups, half, most } = await measured(session, settings, design, projectId, calls)
    const cells = [designs[design], String(calls), String(lookups), `${half} ms`, `${most} ms`]
    element('designs').append(rowOf(cells))
  }
}
