import { expect, test } from 'vitest'
import { linkServiceModel, loadServiceModel, type StoredServiceModel } from './load.ts'

const facts: Omit<StoredServiceModel, 'operations' | 'shapes'> = {
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
}

test('a shape that contains itself is linked to itself', () => {
  const model = linkServiceModel({
    ...facts,
    operations: { Put: { input: 'Tree' } },
    shapes: {
      Tree: {
        type: 'structure',
        members: { Left: { target: 'Tree' }, Leaves: { target: 'Leaves' } },
      },
      Leaves: { type: 'list', member: { target: 'Tree' } },
    },
  })
  const tree = model.shapes['Tree']
  expect(model.operations['Put']?.input).toBe(tree)
  expect(tree?.members?.['Left']?.shape).toBe(tree)
  expect(tree?.members?.['Leaves']?.shape.member?.shape).toBe(tree)
  expect(model.operations['Put']?.output).toEqual({
    name: 'PutOutput',
    type: 'structure',
    members: {},
  })
})

test('a name that no model has is refused with the way to make it', () => {
  expect(() => loadServiceModel('nothing')).toThrow(
    'no model of "nothing": npm run models -- nothing',
  )
})

test('a target that is not there is refused by name', () => {
  const stored: StoredServiceModel = {
    ...facts,
    operations: { Put: { input: 'Gone' } },
    shapes: {},
  }
  expect(() => linkServiceModel(stored)).toThrow('test: unknown shape Gone')
})
