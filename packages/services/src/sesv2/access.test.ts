import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { SESClient, SendEmailCommand as SendEmailV1 } from '@aws-sdk/client-ses'
import {
  CreateConfigurationSetCommand,
  CreateEmailIdentityPolicyCommand,
  GetAccountCommand,
  ListTagsForResourceCommand,
  SESv2Client,
  SendEmailCommand,
  type SendEmailCommandInput,
} from '@aws-sdk/client-sesv2'
import { type Cloud, client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { once, refusal, setLimits, verified, world } from './mail.test-support.ts'

const from = 'shop@example.com'
const identity = 'arn:aws:ses:us-east-1:123456789012:identity'

async function shop() {
  const aws = world()
  await verified(aws, from)
  await setLimits(aws.cloud, { maxSendRate: 100, productionAccess: true })
  return aws
}

async function userWho(cloud: Cloud, statement?: object) {
  const iam = client(cloud, IAMClient)
  await iam.send(new CreateUserCommand({ UserName: 'bob' }))
  if (statement !== undefined) {
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', ...statement }],
    })
    await iam.send(new PutUserPolicyCommand({ UserName: 'bob', PolicyName: 'own', PolicyDocument }))
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'bob' }))
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  }
  return {
    v2: once(client(cloud, SESv2Client, { credentials })),
    v1: once(client(cloud, SESClient, { credentials })),
  }
}

const send = (ses: SESv2Client, more: Partial<SendEmailCommandInput> = {}) =>
  ses.send(
    new SendEmailCommand({
      FromEmailAddress: from,
      Destination: { ToAddresses: ['reader@example.org'] },
      Content: { Simple: { Subject: { Data: 'Hi' }, Body: { Text: { Data: 'Hello' } } } },
      ...more,
    }),
  )

const denied = (action: string, resource: string) => [
  'AccessDeniedException',
  `User \`arn:aws:iam::123456789012:user/bob' is not authorized to perform \`${action}' on resource \`${resource}'`,
  403,
]

test('a user without policies is denied in the words of sending', async () => {
  const { cloud } = await shop()
  const { v1, v2 } = await userWho(cloud)
  expect(await refusal(send(v2))).toEqual(denied('ses:SendEmail', `${identity}/${from}`))
  const raw = { Raw: { Data: Buffer.from(`From: ${from}\r\nTo: reader@example.org\r\n\r\nhi`) } }
  expect(await refusal(send(v2, { Content: raw }))).toEqual(
    denied('ses:SendRawEmail', `${identity}/${from}`),
  )
  const old = new SendEmailV1({
    Source: from,
    Destination: { ToAddresses: ['reader@example.org'] },
    Message: { Subject: { Data: 'Hi' }, Body: { Text: { Data: 'Hello' } } },
  })
  const [, message, status] = await refusal(v1.send(old))
  expect([message, status]).toEqual(denied('ses:SendEmail', `${identity}/${from}`).slice(1))
  expect(await refusal(v2.send(new GetAccountCommand({})))).toEqual([
    'AccessDeniedException',
    'User: arn:aws:iam::123456789012:user/bob is not authorized to perform: ses:GetAccount on resource: * because no identity-based policy allows the ses:GetAccount action',
    403,
  ])
})

test('a policy can tie sending to a sender, its name, its readers and the version of the API', async () => {
  const { cloud } = await shop()
  const { v2 } = await userWho(cloud, {
    Action: 'ses:SendEmail',
    Resource: `${identity}/*`,
    Condition: {
      StringEquals: {
        'ses:FromAddress': from,
        'ses:FromDisplayName': 'The Shop',
        'ses:ApiVersion': '2',
      },
      'ForAllValues:StringLike': { 'ses:Recipients': ['*@example.org'] },
    },
  })
  const named = { FromEmailAddress: `The Shop <${from}>` }
  expect((await refusal(send(v2, named)))[0]).toBe('none')
  expect((await refusal(send(v2)))[0]).toBe('AccessDeniedException')
  const outside = { ...named, Destination: { ToAddresses: ['a@example.net'] } }
  expect((await refusal(send(v2, outside)))[0]).toBe('AccessDeniedException')
})

test('a configuration set that is named needs a permission of its own', async () => {
  const { cloud, ses } = await shop()
  await ses.send(new CreateConfigurationSetCommand({ ConfigurationSetName: 'mail' }))
  const { v2 } = await userWho(cloud, { Action: 'ses:SendEmail', Resource: `${identity}/${from}` })
  await send(v2)
  expect(await refusal(send(v2, { ConfigurationSetName: 'mail' }))).toEqual(
    denied('ses:SendEmail', 'arn:aws:ses:us-east-1:123456789012:configuration-set/mail'),
  )
})

test("in the sandbox, the readers' identities are judged too", async () => {
  const aws = await shop()
  await verified(aws, 'reader@example.org')
  await setLimits(aws.cloud, { productionAccess: false })
  const { v2 } = await userWho(aws.cloud, {
    Action: 'ses:SendEmail',
    Resource: `${identity}/${from}`,
  })
  expect(await refusal(send(v2))).toEqual(denied('ses:SendEmail', `${identity}/reader@example.org`))
})

test('another account sends in the name of an identity whose policy lets it', async () => {
  const { cloud, ses } = await shop()
  const stranger = once(client(cloud, SESv2Client, { accountId: '222222222222' }))
  const url = 'https://sending-limits.us-east-1.orrery/?account=222222222222'
  await (await import('@cloud-orrery/cloud')).fetchFromCloud(cloud, url, {
    method: 'PUT',
    body: JSON.stringify({ maxSendRate: 10, productionAccess: true }),
  })
  const asOther = { FromEmailAddressIdentityArn: `${identity}/${from}` }
  expect((await refusal(send(stranger, asOther)))[0]).toBe('AccessDeniedException')
  await ses.send(
    new CreateEmailIdentityPolicyCommand({
      EmailIdentity: from,
      PolicyName: 'partner',
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: '222222222222' },
            Action: 'ses:SendEmail',
            Resource: `${identity}/${from}`,
          },
        ],
      }),
    }),
  )
  expect((await refusal(send(stranger, asOther)))[0]).toBe('none')
})

test('an ARN of another partition names no identity', async () => {
  const { cloud, ses } = world()
  await verified({ cloud, ses }, 'a@example.com')
  const ResourceArn = 'arn:aws-cn:ses:us-east-1:123456789012:identity/a@example.com'
  expect(await refusal(ses.send(new ListTagsForResourceCommand({ ResourceArn })))).toEqual([
    'BadRequestException',
    `Invalid resource ARN ${ResourceArn}.`,
    400,
  ])
})

test('administrators of another account see no tags', async () => {
  const { cloud, ses } = world()
  await verified({ cloud, ses }, 'a@example.com')
  const other = once(client(cloud, SESv2Client, { credentials: cloud.credentials('210987654321') }))
  const ResourceArn = `${identity}/a@example.com`
  const [code] = await refusal(other.send(new ListTagsForResourceCommand({ ResourceArn })))
  expect(code).toBe('AccessDeniedException')
})
