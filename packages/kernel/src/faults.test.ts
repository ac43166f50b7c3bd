import { expect, test } from 'vitest'
import { SimulatorError } from './errors.ts'
import { type FaultEffect, Faults } from './faults.ts'

const outage: FaultEffect = { kind: 'error', code: 'ServiceUnavailable' }
const never = () => 0.999
const always = () => 0

test('a rule strikes at its site, or at all that begin as it says', () => {
  const faults = new Faults()
  const exact = faults.arm('sns.Publish', outage)
  const all = faults.arm('sqs.*', outage)
  expect(faults.strike('sns.Publish', {}, never)).toBe(exact)
  expect(faults.strike('sns.PublishBatch', {}, never)).toBeUndefined()
  expect(faults.strike('sqs.SendMessage', {}, never)).toBe(all)
  expect(faults.strike('sqsx.SendMessage', {}, never)).toBeUndefined()
})

test('every fact that a rule names has to agree', () => {
  const faults = new Faults()
  faults.arm('a', outage, { match: { region: 'eu-west-1', accountId: '111122223333' } })
  const struck = (facts: Record<string, string>) => faults.strike('a', facts, never) !== undefined
  expect(struck({ region: 'eu-west-1', accountId: '111122223333', door: 'port' })).toBe(true)
  expect(struck({ region: 'us-east-1', accountId: '111122223333' })).toBe(false)
  expect(struck({ region: 'eu-west-1' })).toBe(false)
})

test('a rule strikes as often as it may, then is gone', () => {
  const faults = new Faults()
  faults.arm('a', outage, { times: 2 })
  const strikes = Array.from({ length: 4 }, () => faults.strike('a', {}, never) !== undefined)
  expect(strikes).toEqual([true, true, false, false])
  expect(faults.rules).toEqual([])
})

test('chance decides where the probability is below one, and what it spares is not counted', () => {
  const faults = new Faults()
  faults.arm('a', outage, { probability: 0.5, times: 1 })
  expect(faults.strike('a', {}, never)).toBeUndefined()
  expect(faults.strike('a', {}, always)?.remaining).toBe(1)
  expect(faults.strike('a', {}, always)).toBeUndefined()
  faults.arm('b', outage, { probability: 0 })
  expect(faults.strike('b', {}, always)).toBeUndefined()
})

test('a rule that could never strike is refused', () => {
  const faults = new Faults()
  for (const options of [
    { times: 0 },
    { times: 1.5 },
    { probability: 2 },
    { probability: Number.NaN },
  ]) {
    expect(() => faults.arm('a', outage, options)).toThrow(SimulatorError)
  }
})

test('an ended rule strikes no more, and a fork keeps its own', () => {
  const faults = new Faults()
  const { id } = faults.arm('a', outage)
  const fork = faults.fork()
  expect([faults.end(id), faults.end(id)]).toEqual([true, false])
  expect(faults.strike('a', {}, never)).toBeUndefined()
  expect(fork.strike('a', {}, never)?.id).toBe(id)
  expect(fork.arm('b', outage).id).toBe('fault-2')
})

test('the rules of a moment stay as they were when more are armed', () => {
  const faults = new Faults()
  faults.arm('a', outage)
  const then = faults.rules
  faults.arm('b', outage)
  expect(then.map(({ site }) => site)).toEqual(['a'])
})
