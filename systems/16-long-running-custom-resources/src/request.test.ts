import { expect, test } from 'vitest'
import { answerByOf } from './request.ts'

const urlOf = (date: string, handle = 'a') =>
  `https://example.com/${handle}?X-Amz-Date=${date}&X-Amz-Expires=86399`
const [early, late] = [urlOf('20260101T000000Z'), urlOf('20260102T000000Z')]

/** An update from one callback URL to another. */
const change = (oldUrl: string | undefined, url: string | undefined) =>
  answerByOf({
    RequestType: 'Update',
    ResourceProperties: url === undefined ? {} : { CallbackUrl: url },
    OldResourceProperties: oldUrl === undefined ? {} : { CallbackUrl: oldUrl },
  })

test('a wait condition is told of what is made and changed, never of a deletion', () => {
  const asked = (RequestType: 'Create' | 'Delete') =>
    answerByOf({ RequestType, ResourceProperties: { CallbackUrl: early } })
  expect([asked('Create'), change(early, late), asked('Delete')]).toEqual([
    'callback',
    'callback',
    'response',
  ])
})

test('a handle that has been used is not told again: on the way back, and where it has not changed', () => {
  expect([change(late, early), change(late, late), change(late, undefined)]).toEqual([
    'response',
    'response',
    'response',
  ])
})

test('a new handle is told, also one of the same second, or the first that there is', () => {
  const twin = urlOf('20260101T000000Z', 'b')
  expect([change(early, twin), change(undefined, early)]).toEqual(['callback', 'callback'])
})
