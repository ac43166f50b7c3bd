import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider'
import { Invoke } from '@cloud-orrery/models/lambda'
import { Visitor } from '@cloud-orrery/vitest/browser'
import { type Aws, system } from '@cloud-orrery/vitest/scenario'

export const folder = new URL('..', import.meta.url).pathname

export const stackName = 'CookieAuth'

/** Someone who has not signed in yet, and someone who has a password of her own. */
export const newcomer = { username: 'nora@example.com', password: 'For-the-first-time-1' }
export const ada = { username: 'ada@example.com', password: 'Str0ng-enough-for-all' }

export type Person = typeof ada

/** What the stack tells: where things are. */
export interface Outputs {
  readonly Url: string
  readonly LoginUrl: string
  readonly UserPoolId: string
  readonly ClientId: string
  readonly BackendName: string
  readonly AuthorizerName: string
}

/** The app and two people, whose addresses are verified. */
export const cookieAuth = system({
  name: '27-httponly-cookie-auth',
  async setUp(aws) {
    const { outputs } = await aws.deploy(folder)
    const app = outputs as unknown as Outputs // Those of lib/cookie-auth.ts.
    for (const person of [newcomer, ada]) await addPerson(aws, app, person)
    await setPassword(aws, app, ada)
    return { app }
  },
})

export function cognito(aws: Aws): CognitoIdentityProviderClient {
  return aws.client(CognitoIdentityProviderClient)
}

/** Someone whom the operator lets in, with a password for the first time. */
export async function addPerson(
  aws: Aws,
  { UserPoolId }: Pick<Outputs, 'UserPoolId'>,
  { username: Username, password: TemporaryPassword }: Person,
): Promise<void> {
  await cognito(aws).send(
    new AdminCreateUserCommand({
      UserPoolId,
      Username,
      TemporaryPassword,
      MessageAction: 'SUPPRESS',
      UserAttributes: [
        { Name: 'email', Value: Username },
        { Name: 'email_verified', Value: 'true' },
      ],
    }),
  )
}

export async function setPassword(
  aws: Aws,
  { UserPoolId }: Pick<Outputs, 'UserPoolId'>,
  { username: Username, password: Password }: Person,
): Promise<void> {
  await cognito(aws).send(
    new AdminSetUserPasswordCommand({ UserPoolId, Username, Password, Permanent: true }),
  )
}

/** A browser whose person has just signed in: it shows the app's first page. */
export async function signedIn(aws: Aws, app: Outputs, person = ada): Promise<Visitor> {
  const visitor = new Visitor(aws)
  await reached(visitor, () => visitor.open(`${app.Url}/oauth2/login`))
  await arrived(visitor, () => visitor.submit({ ...person }))
  return visitor
}

/** A browser that has a fresh code in hand: `page.url` is the callback, which it did not ask yet. */
export async function withCode(aws: Aws, app: Outputs, person = ada): Promise<Visitor> {
  const visitor = new Visitor(aws, { stopAt: ({ pathname }) => pathname === '/oauth2/callback' })
  await reached(visitor, () => visitor.open(`${app.Url}/oauth2/login`))
  await reached(visitor, () => visitor.submit({ ...person }))
  return visitor
}

/** What breaks down is asked again, as people and their browsers do. */
export const attemptsMax = 4

/** A function whose process dies answers 500: the person loads the page again. */
export async function reached(visitor: Visitor, step: () => Promise<unknown>): Promise<void> {
  await step()
  for (let attempt = 1; visitor.page.status >= 500 && attempt < attemptsMax; attempt += 1) {
    await visitor.open(visitor.page.url.href)
  }
}

/** The last step of a login. Where the answer to a code was lost, the code is spent: the page says how to go on. */
export async function arrived(visitor: Visitor, step: () => Promise<unknown>): Promise<void> {
  await reached(visitor, step)
  if (visitor.page.status === 401) await reached(visitor, () => visitor.follow('Sign in'))
}

/** A button of the app's first page; where that breaks down, the person goes back there and presses it again. */
export async function pressed(
  visitor: Visitor,
  { Url }: Outputs,
  button: string,
  values: Record<string, string> = {},
): Promise<void> {
  await visitor.submit(values, { button })
  for (let attempt = 1; visitor.page.status === 500 && attempt < attemptsMax; attempt += 1) {
    // Beyond our own pages a sign-out goes on by addresses that can be loaded again.
    const { pathname, href } = visitor.page.url
    const again = pathname.startsWith('/oauth2/signed-out') ? href : `${Url}/`
    await reached(visitor, () => visitor.open(again))
    if (again !== href) await visitor.submit(values, { button })
  }
}

/** A cookie of the browser, by its exact name; empty where there is none. */
export function cookieIn(visitor: Visitor, app: Outputs, name: string): string {
  const found = visitor.cookies(`${app.Url}/oauth2/refresh`).find(({ key }) => key === name)
  return found?.value ?? ''
}

export interface Asked {
  readonly method?: string
  readonly path?: string
  /** The whole header: `a=1; b=2`. */
  readonly cookie?: string
  readonly headers?: Record<string, string>
  readonly form?: Record<string, string>
}

export interface Answer {
  readonly status: number
  readonly body: unknown
}

/** A request by hand, as `curl` sends it. */
export async function ask(aws: Aws, { Url }: Outputs, asked: Asked = {}): Promise<Answer> {
  const { status, headers, text } = await askForAll(aws, Url, asked)
  const isJson = headers.get('content-type')?.includes('json') === true
  return { status, body: isJson ? JSON.parse(text) : text }
}

/** The same, with the answer's headers. */
export async function askForAll(aws: Aws, Url: string, asked: Asked = {}) {
  const { method = 'GET', path = '/', cookie, headers, form } = asked
  for (let attempt = 1; ; attempt += 1) {
    const response = await aws.fetch(`${Url}${path}`, {
      method,
      headers: {
        ...(cookie === undefined ? {} : { cookie }),
        ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
      ...(form === undefined ? {} : { body: new URLSearchParams(form).toString() }),
    })
    // A function that breaks down lets nobody in.
    if (response.status !== 500 || attempt === attemptsMax) {
      return { status: response.status, headers: response.headers, text: await response.text() }
    }
  }
}

export const hello: Answer = { status: 200, body: 'Hello from Lambda!' }
export const forbidden: Answer = { status: 403, body: { message: 'Forbidden' } }
export const unauthorized: Answer = { status: 401, body: { message: 'Unauthorized' } }

/** How often a function was asked. */
export function invocations(aws: Aws, name: string): number {
  return aws.journal
    .calls(Invoke)
    .filter(({ input }) => String(input.FunctionName).endsWith(`:${name}`)).length
}

/** An answer as the app gave it, before any browser did something with it. */
interface GivenAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Lines of `Set-Cookie`. */
  readonly cookies?: readonly string[]
  readonly text: string
}

/** All answers of the app's functions so far, oldest first, as the journal has them. */
export function answersOf(aws: Aws): GivenAnswer[] {
  return aws.journal.entries
    .filter(({ kind, name }) => kind === 'call' && name === 'apigatewayv2.InvokeApi')
    .map(({ data }) => data['output'] as GivenAnswer & { readonly body: Uint8Array }) // Of an HTTP operation.
    .map((answer) => ({ ...answer, text: Buffer.from(answer.body).toString() }))
}
