import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation'
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { Visitor } from '@cloud-orrery/vitest/browser'
import { type Aws, expect } from '@cloud-orrery/vitest/scenario'
import {
  begin,
  configure,
  deviceGrant,
  onePickUp,
  origin,
  poll,
  refused,
  stackName,
  zoneStackName,
} from './device-grant.ts'
import { decide, signedIn } from './people.ts'

/** A phone that is on its way back from the login, and has not arrived. */
async function approving(aws: Aws, phone: Visitor, codes: { user_code: string }): Promise<Visitor> {
  const waiting = new Visitor(aws, { stopAt: ({ pathname }) => pathname === '/callback' })
  const login = new URL((await aws.fetch(`${origin}/device`)).headers.get('location') ?? '').origin
  for (const url of [origin, login]) {
    for (const cookie of phone.cookies(url)) waiting.setCookie(cookie.toString(), url)
  }
  await decide(waiting, codes, 'Authorize')
  return waiting
}

/** Opens what the phone was stopped before, by the phone that did not stop. */
async function arrive(phone: Visitor, waiting: Visitor): Promise<void> {
  for (const cookie of waiting.cookies(origin)) phone.setCookie(cookie.toString(), origin)
  await phone.open(waiting.page.url.href)
}

deviceGrant.promise(
  6,
  'polls race the approval: however they fall, none is answered 200 without tokens, and no two have them',
  async ({ aws, outputs, television }) => {
    await configure(aws, { POLLING_INTERVAL: '0' })
    const phone = await signedIn(aws, outputs)
    const [rounds, polls] = [6, 3]
    for (let round = 0; round < rounds; round += 1) {
      const codes = await begin(aws, television)
      const waiting = await approving(aws, phone, codes)
      const [, ...answers] = await Promise.all([
        arrive(phone, waiting),
        ...Array.from({ length: polls }, () => poll(aws, television, codes, 1)),
      ])
      answers.push(await poll(aws, television, codes))
      const good = answers.filter(({ status }) => status === 200)
      expect(good.length).toBeLessThanOrEqual(1)
      for (const { body } of good) {
        expect([typeof body['access_token'], typeof body['refresh_token']]).toEqual([
          'string',
          'string',
        ])
      }
      const said = new Set(
        answers.flatMap(({ status, body }) => (status === 400 ? [body['error']] : [])),
      )
      for (const error of said) expect(['authorization_pending', 'expired_token']).toContain(error)
    }
  },
)

deviceGrant.promise(
  12,
  'Cognito fails on the way: the page says so, the device waits, and a second try brings the tokens',
  async ({ aws, outputs, television }) => {
    const codes = await begin(aws, television)
    const phone = await signedIn(aws, outputs)
    const waiting = await approving(aws, phone, codes)
    const outage = aws.faults.fail('cognitoidp.HostedLogin', {
      error: 'InternalError',
      status: 500,
    })
    await arrive(phone, waiting)
    expect([phone.page.status, phone.page.heading]).toEqual([503, 'Not yet'])
    expect(await poll(aws, television, codes)).toEqual(refused('authorization_pending'))
    outage.end()
    await phone.follow('Try once more')
    await phone.submit({}, { button: 'Authorize' })
    expect(phone.page.heading).toBe('Success')
    await aws.clock.advance({ seconds: 5 })

    // Nor does a fault of what keeps the tokens lose them.
    const locked = aws.faults.fail('kms.Decrypt', { error: 'KMSInternalException', status: 500 })
    expect((await poll(aws, television, codes, 1)).status).toBe(502)
    locked.end()
    await aws.clock.advance({ seconds: 5 })
    expect((await poll(aws, television, codes)).status).toBe(200)
  },
  { calm: onePickUp },
)

deviceGrant.promise(
  13,
  'a browser that dies on the way loses nothing; Cognito’s code ends after five minutes, the tokens wait half an hour',
  async ({ aws, outputs, television }) => {
    const codes = await begin(aws, television)
    const phone = await signedIn(aws, outputs)
    await approving(aws, phone, codes)
    // The same person decides once more; nobody else can take it over.
    const other = await signedIn(aws, outputs, 'ben@starlight.example')
    await other.open(`${origin}/device?user_code=${codes.user_code}`)
    expect(other.page.heading).toBe('This code was used already')
    const waiting = await approving(aws, phone, codes)
    await aws.clock.advance({ minutes: 6 })
    await arrive(phone, waiting)
    expect([phone.page.status, phone.page.heading]).toEqual([400, 'Not yet'])
    await phone.follow('Try once more')
    await phone.submit({}, { button: 'Authorize' })
    expect(phone.page.heading).toBe('Success')
    await aws.clock.advance({ minutes: 20 })
    expect((await poll(aws, television, codes)).status).toBe(200)
  },
  { calm: onePickUp },
)

deviceGrant.promise(
  8,
  'secrets, codes and tokens are in no template, output or log; deleted, the stacks leave nothing',
  async ({ aws, outputs, television, printer }) => {
    const codes = await begin(aws, television)
    await decide(await signedIn(aws, outputs), codes, 'Authorize')
    await aws.clock.advance({ seconds: 5 })
    const { body } = await poll(aws, television, codes)
    const { TemplateBody = '' } = await aws
      .client(CloudFormationClient)
      .send(new GetTemplateCommand({ StackName: stackName }))
    const lines = await logLines(aws)
    expect(lines).toContain('"event":"handed over"')
    const shown = `${JSON.stringify(outputs)}${TemplateBody}${lines}`
    for (const secret of [
      television.clientSecret,
      printer.clientSecret,
      codes.device_code,
      codes.user_code,
      String(body['access_token']),
      String(body['refresh_token']),
    ]) {
      expect(secret.length).toBeGreaterThanOrEqual(8)
      expect(shown.includes(secret)).toBe(false)
    }
    for (const stack of [stackName, zoneStackName]) {
      expect(await aws.destroy(stack)).toBe('DELETE_COMPLETE')
    }
    const left = aws
      .inventory()
      .filter((arn) => /devicegrant|starlight|:userpool\/|:loadbalancer\//i.test(arn))
    expect(left).toEqual([])
  },
  { calm: onePickUp },
)

async function logLines(aws: Aws): Promise<string> {
  const logs = aws.client(CloudWatchLogsClient)
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({}))
  const lines: string[] = []
  for (const { logGroupName } of logGroups) {
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }))
    for (const { message = '' } of events) lines.push(message)
  }
  return lines.join('\n')
}
