import {
  GetRandomPassword,
  type GetRandomPasswordRequest,
} from '@cloud-orrery/models/secretsmanager'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { invalidParameter } from './errors.ts'
import { passwordLengthUsual } from './limits.ts'

const lowercase = 'abcdefghijklmnopqrstuvwxyz'
const uppercase = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const numbers = '0123456789'
/** Source: GetRandomPassword, `ExcludePunctuation`. */
const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'

export const getRandomPassword = operation(GetRandomPassword, {
  authorize: () => '*',
  provenance: 'modelled',
  secretOutput: ['RandomPassword'],
  run: (ctx, input) => ({ RandomPassword: password(ctx, input) }),
})

function password(ctx: Context, input: GetRandomPasswordRequest): string {
  const { PasswordLength: length = passwordLengthUsual, RequireEachIncludedType = true } = input
  const types = includedTypes(input)
  const all = types.join('')
  if (all === '') {
    // The words are ours.
    throw invalidParameter('The password would have no character: all of them are excluded.')
  }
  if (!RequireEachIncludedType) return ctx.ids.from(all, length)
  if (length < types.length) {
    throw invalidParameter('Password length is too short based on the required types.')
  }
  const characters = [
    ...types.map((type) => ctx.ids.from(type, 1)),
    ...ctx.ids.from(all, length - types.length),
  ]
  // The required ones stand anywhere.
  for (let last = characters.length - 1; last > 0; last -= 1) {
    const other = ctx.random.below(last + 1)
    const [a = '', b = ''] = [characters[last], characters[other]]
    characters[last] = b
    characters[other] = a
  }
  return characters.join('')
}

/** The alphabets that the password is drawn from; one that is wholly excluded is none. */
function includedTypes(input: GetRandomPasswordRequest): string[] {
  const { ExcludeCharacters = '' } = input
  const types = [
    input.ExcludeLowercase ? '' : lowercase,
    input.ExcludeUppercase ? '' : uppercase,
    input.ExcludeNumbers ? '' : numbers,
    input.ExcludePunctuation ? '' : punctuation,
    input.IncludeSpace ? ' ' : '',
  ]
  return types
    .map((type) => [...type].filter((it) => !ExcludeCharacters.includes(it)).join(''))
    .filter((type) => type !== '')
}
