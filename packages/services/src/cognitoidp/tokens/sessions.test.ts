import { AdminUserGlobalSignOutCommand } from '@aws-sdk/client-cognito-identity-provider'
import { orderedKey } from '@cloud-orrery/kernel'
import { expect, test } from 'vitest'
import { start } from '../cognito.test-support.ts'
import { devices } from '../users/state.ts'
import { tokenSessions } from './state.ts'

test('sign-ins that have ended are not gone through again when further ones end', async () => {
  const { cloud, idp, UserPoolId, newUser, signIn } = await start()
  const scope = cloud.scope('123456789012', 'us-east-1')
  const live = () => [...tokenSessions.where(scope, 'user', orderedKey(UserPoolId, 'ann'))].length
  await newUser('ann')
  await signIn('ann')
  await signIn('ann')
  expect(live()).toBe(2)
  await idp.send(new AdminUserGlobalSignOutCommand({ UserPoolId, Username: 'ann' }))
  await signIn('ann')
  expect([live(), tokenSessions.count(scope)]).toEqual([1, 3])
})

test('devices that no app confirms go after a day, as the user signs in again', async () => {
  const { cloud, newUser, signIn } = await start({
    DeviceConfiguration: { ChallengeRequiredOnNewDevice: true },
  })
  const scope = cloud.scope('123456789012', 'us-east-1')
  await newUser('ann')
  for (const _ of [1, 2, 3]) await signIn('ann')
  expect(devices.count(scope)).toBe(3)
  await cloud.advance({ days: 1 })
  await signIn('ann')
  expect(devices.count(scope)).toBe(1)
})
