import { expect, test } from 'vitest'
import { claimedBy, noProjects, unknownProjects } from './decision.ts'

test('a claim lists projects', () => {
  expect(claimedBy({ userName: 'user1', projects: 'P100, P200,P100,,bad id' })).toEqual({
    kind: 'listed',
    projects: ['P100', 'P200'],
  })
})

test('too many projects for a token are looked up', () => {
  const claims = { userName: 'user1', projectsState: 'lookup' }
  expect(claimedBy(claims)).toEqual({ kind: 'lookup', userName: 'user1' })
})

test('without projects nobody is let in, and the reason is said', () => {
  const refused = (message: string) => ({ kind: 'refused', message })
  expect(claimedBy({ projectsState: 'unknown' })).toEqual(refused(unknownProjects))
  expect(claimedBy({ projectsState: 'none' })).toEqual(refused(noProjects))
  expect(claimedBy({ projectsState: 'lookup' })).toEqual(refused(noProjects))
  expect(claimedBy({})).toEqual(refused(noProjects))
  expect(claimedBy({ projects: ['P100'] })).toEqual(refused(noProjects))
})
