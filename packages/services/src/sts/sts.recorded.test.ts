import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts'
import { client, createCloud } from '@cloud-orrery/cloud'
import { test } from 'vitest'
import { answer } from '../iam/recordings.test-support.ts'
import {
  type Bindings,
  expectRecorded,
  recording,
  recordingsPresent,
} from '../shared/recorded.test-support.ts'

const file = 'sts/test_sts'
const recorded = test.skipIf(!recordingsPresent)

/** A cloud in the recorder's account. */
function recorder() {
  const cloud = createCloud({ accountId: '111111111111', deepFreeze: true })
  const iam = client(cloud, IAMClient)
  const bindings: Bindings = new Map([['<partition>', 'aws']])
  return {
    cloud,
    iam,
    sts: client(cloud, STSClient),
    bindings,
    createRole: (RoleName: string, Action: string | string[]) => {
      const Statement = [{ Effect: 'Allow', Principal: { AWS: '111111111111' }, Action }]
      const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
      return answer(iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument })))
    },
  }
}

const both = ['sts:AssumeRole', 'sts:TagSession']
const arnOf = (name: string) => `arn:aws:iam::111111111111:role/${name}`

recorded('a role is assumed', async () => {
  const { sts, bindings, createRole } = recorder()
  const content = recording(file, 'TestSTSIntegrations::test_assume_role')
  expectRecorded({ RoleSessionName: 'session-1' }, content['role-session-name'], bindings)
  expectRecorded(await createRole('role-1', 'sts:AssumeRole'), content['create-role'], bindings)
  const assume = new AssumeRoleCommand({ RoleArn: arnOf('role-1'), RoleSessionName: 'session-1' })
  expectRecorded(await answer(sts.send(assume)), content['assume-role'], bindings)
})

recorded(
  'transitive keys name tags of the call, and tag keys differ in more than case',
  async () => {
    const { sts, bindings, createRole } = recorder()
    const content = recording(file, 'TestSTSAssumeRoleTagging::test_assume_role_tag_validation')
    expectRecorded(await createRole('role-1', both), content['role-1'], bindings)
    const assume = (input: Partial<AssumeRoleCommandInput>) =>
      answer(
        sts.send(
          new AssumeRoleCommand({
            RoleArn: arnOf('role-1'),
            RoleSessionName: 'Session1',
            ...input,
          }),
        ),
      )
    const Tags = [{ Key: 'SessionTag1', Value: 'SessionValue1' }]
    expectRecorded(
      await assume({ Tags, TransitiveTagKeys: ['InvalidKey'] }),
      content['invalid-transitive-tag-keys'],
      bindings,
    )
    expectRecorded(
      await assume({ Tags: [...Tags, { Key: 'sessiontag1', Value: 'SessionValue2' }] }),
      content['duplicate-tag-keys-different-casing'],
      bindings,
    )
  },
)

recorded('a transitive tag of the calling session can not be set anew', async () => {
  const { cloud, sts, bindings, createRole } = recorder()
  const content = recording(
    file,
    'TestSTSAssumeRoleTagging::test_iam_role_chaining_override_transitive_tags',
  )
  expectRecorded(await createRole('role-1', both), content['role-1'], bindings)
  expectRecorded(await createRole('role-2', both), content['role-2'], bindings)
  const iam = client(cloud, IAMClient)
  const Statement = [{ Effect: 'Allow', Action: both, Resource: '*' }]
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await iam.send(
    new PutRolePolicyCommand({ RoleName: 'role-1', PolicyName: 'chain', PolicyDocument }),
  )
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: arnOf('role-1'),
      RoleSessionName: 'Session1',
      Tags: [{ Key: 'SessionTag1', Value: 'SessionValue1' }],
      TransitiveTagKeys: ['SessionTag1'],
    }),
  )
  const session = client(cloud, STSClient, {
    credentials: {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    },
  })
  const assume = (Key: string) =>
    answer(
      session.send(
        new AssumeRoleCommand({
          RoleArn: arnOf('role-2'),
          RoleSessionName: 'Session2',
          Tags: [{ Key, Value: 'SessionValue2' }],
        }),
      ),
    )
  const exact = content['override-transitive-tag-error']
  expectRecorded(await assume('SessionTag1'), exact, bindings)
  const otherCase = content['override-transitive-tag-case-ignore-error']
  expectRecorded(await assume('sessiontag1'), otherCase, bindings)
})

recorded('ARNs and session names of the wrong form', async () => {
  const { sts, bindings } = recorder()
  const content = recording(file, 'TestSTSIntegrations::test_sts_invalid_parameters')
  const assume = (RoleArn: string, RoleSessionName = 'Session1') =>
    answer(sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName })))
  const cases = {
    'malformed-arn': 'nothing-valid-in-here',
    'no-partition': 'arn::b:::something/test-role',
    'no-service': 'arn:a::::something/test-role',
    'not-enough-colons': 'arn:a:::something/test-role',
    'no-resource': 'arn:a:a::aaaaaaaaaa:',
  }
  for (const [key, arn] of Object.entries(cases)) {
    expectRecorded(await assume(arn), content[key], bindings)
  }
  const name = await assume(arnOf('role-1'), 'Session1:2')
  expectRecorded(name, content['invalid-session-name'], bindings)
})
