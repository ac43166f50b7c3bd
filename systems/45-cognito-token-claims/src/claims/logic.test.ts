import { expect, test } from 'vitest'
import { claimLengthMax, claimsOf } from './logic.ts'

test('projects are one claim, as the table has them', () => {
  expect(claimsOf('user1', { kind: 'found', projects: ['P100', 'P200'] })).toEqual({
    userName: 'user1',
    projects: 'P100,P200',
  })
})

test('without projects there is no claim of that name, and why is said', () => {
  expect(claimsOf('user1', { kind: 'none' })).toEqual({ userName: 'user1', projectsState: 'none' })
  expect(claimsOf('user1', { kind: 'failed' })).toEqual({
    userName: 'user1',
    projectsState: 'unknown',
  })
})

test('a list that would make the token too long is left to a lookup', () => {
  const longest = ['P'.repeat(30), ...Array.from({ length: 197 }, () => 'P12345678')]
  expect(longest.join(',')).toHaveLength(claimLengthMax)
  expect(claimsOf('user1', { kind: 'found', projects: longest })['projects']).toBeDefined()
  expect(claimsOf('user1', { kind: 'found', projects: [...longest, 'P'] })).toEqual({
    userName: 'user1',
    projectsState: 'lookup',
  })
})
