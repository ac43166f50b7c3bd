import { loadServiceModel } from '@cloud-orrery/models'
import { expect, test } from 'vitest'
import { matchRoute } from './routes.ts'

const model = loadServiceModel('sesv2')

test.each([
  ['GET', '/v2/email/identities', 'ListEmailIdentities'],
  ['POST', '/v2/email/list-identities', 'ListEmailIdentities'],
  ['GET', '/v2/email/configuration-sets', 'ListConfigurationSets'],
  ['POST', '/v2/email/list-configuration-sets', 'ListConfigurationSets'],
  ['POST', '/v2/email/identities', 'CreateEmailIdentity'],
])('%s %s is %s for the clients of before and of now', (method, path, operation) => {
  const request = { method, path, query: 'PageSize=5', headers: {}, body: new Uint8Array() }
  expect(matchRoute(model, request)?.operation.name).toBe(operation)
})
