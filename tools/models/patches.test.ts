import type { StoredServiceModel } from '@cloud-orrery/models'
import { expect, test } from 'vitest'
import { applyPatches, type Patch } from './patches.ts'

const model: StoredServiceModel = {
  name: 'test',
  sdkId: 'Test',
  endpointPrefix: 'test',
  signingName: 'test',
  arnNamespace: 'test',
  eventSource: 'test.amazonaws.com',
  apiVersion: '2026-01-01',
  targetPrefix: 'Test',
  protocols: ['awsJson1_0'],
  checksum: '',
  source: 'test',
  operations: {},
  shapes: { Name: { type: 'string', lengthMax: 10 } },
}
const patched = (patch: Omit<Patch, 'reason'>): unknown =>
  applyPatches(model, [{ ...patch, reason: 'a test' }]).shapes['Name']

test('a patch adds, replaces or removes one field, and leaves the original alone', () => {
  expect(patched({ op: 'add', path: '/shapes/Name/lengthMin', value: 1 })).toEqual({
    type: 'string',
    lengthMax: 10,
    lengthMin: 1,
  })
  expect(patched({ op: 'replace', path: '/shapes/Name/lengthMax', value: 5 })).toEqual({
    type: 'string',
    lengthMax: 5,
  })
  expect(patched({ op: 'remove', path: '/shapes/Name/lengthMax' })).toEqual({ type: 'string' })
  expect(model.shapes['Name']).toEqual({ type: 'string', lengthMax: 10 })
})

test('a patch that no longer fits the model fails, and so does one without a reason', () => {
  expect(() => patched({ op: 'add', path: '/shapes/Name/lengthMax', value: 1 })).toThrow(
    'drop the patch',
  )
  expect(() => patched({ op: 'remove', path: '/shapes/Name/pattern' })).toThrow('drop the patch')
  expect(() => patched({ op: 'remove', path: '/shapes/Gone/pattern' })).toThrow('Gone is not there')
  expect(() => applyPatches(model, [{ op: 'remove', path: '/global', reason: '' }])).toThrow(
    'reason',
  )
})
