import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider'
import { Visitor } from '@cloud-orrery/vitest/browser'
import type { Aws } from '@cloud-orrery/vitest/scenario'
import { attemptsMax, type Codes, type Given, origin, owner, password } from './device-grant.ts'

type Outputs = Given['outputs']

/** Sets a person's password, who is made if need be. */
export async function enrol(aws: Aws, { UserPoolId }: Outputs, Username = owner): Promise<void> {
  const cognito = aws.client(CognitoIdentityProviderClient)
  if (Username !== owner) {
    await cognito.send(
      new AdminCreateUserCommand({ UserPoolId, Username, MessageAction: 'SUPPRESS' }),
    )
  }
  await cognito.send(
    new AdminSetUserPasswordCommand({
      UserPoolId,
      Username,
      Password: password,
      Permanent: true,
    }),
  )
}

/** What breaks down is asked again, as people do; a few times. */
export async function patiently(visitor: Visitor, step: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    await step()
    if (visitor.page.status < 500) return
  }
}

/** Someone with a phone, signed in and before the page that asks for a code. */
export async function signedIn(aws: Aws, outputs: Outputs, username = owner): Promise<Visitor> {
  await enrol(aws, outputs, username)
  const phone = new Visitor(aws)
  await phone.open(`${origin}/device`)
  await phone.submit({ username, password })
  if (phone.page.status >= 500) await patiently(phone, () => phone.open(`${origin}/device`))
  return phone
}

/** Types the code in; the page with the two buttons comes. */
export async function typeCode(
  phone: Visitor,
  { user_code }: Pick<Codes, 'user_code'>,
): Promise<void> {
  await patiently(phone, async () => {
    await patiently(phone, () => phone.open(`${origin}/device`))
    await phone.submit({ user_code })
  })
}

/** Types the code in and presses one of the two buttons. */
export async function decide(
  phone: Visitor,
  codes: Pick<Codes, 'user_code'>,
  button: 'Authorize' | 'Deny',
): Promise<void> {
  await patiently(phone, async () => {
    await typeCode(phone, codes)
    // A decision whose answer was lost was made all the same.
    if (phone.page.forms.length > 0) await phone.submit({}, { button })
  })
}

/** The password of the mail that a new account's owner gets. */
export function mailedPassword(aws: Aws): string {
  const [mail] = aws.mailbox.to(owner)
  return /temporary password is (\S+)\.\s*$/.exec(mail?.text ?? '')?.[1] ?? ''
}
