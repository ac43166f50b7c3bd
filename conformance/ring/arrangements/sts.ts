import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { type Cloud, client } from '@cloud-orrery/cloud'
import type { KnownValues } from '../valid-values.ts'
import { accountTrust, allowAll } from './iam.ts'

/** A role that the account's principals may take. */
export async function arrangeSts(cloud: Cloud): Promise<KnownValues> {
  const role = { RoleName: 'ring', AssumeRolePolicyDocument: accountTrust }
  const { Role } = await client(cloud, IAMClient).send(new CreateRoleCommand(role))
  return {
    RoleArn: Role?.Arn,
    AccessKeyId: cloud.credentials().accessKeyId,
    Policy: allowAll,
    'PolicyArns[].arn': 'arn:aws:iam::aws:policy/ReadOnlyAccess',
  }
}
