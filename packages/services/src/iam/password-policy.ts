import {
  DeleteAccountPasswordPolicy,
  GetAccountPasswordPolicy,
  UpdateAccountPasswordPolicy,
} from '@cloud-orrery/models/iam'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { noSuchEntity } from './errors.ts'
import { type PasswordPolicyRecord, passwordPolicies } from './state.ts'

/** Characters. Source: IAM API reference, UpdateAccountPasswordPolicy, `MinimumPasswordLength`. */
const minimumLengthDefault = 6

export const getAccountPasswordPolicy = operation(GetAccountPasswordPolicy, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx) {
    const policy = passwordPolicies.get(ctx, ctx.accountId)
    if (policy === undefined) {
      throw noSuchEntity(`The Password Policy with domain name ${ctx.accountId} cannot be found.`)
    }
    const { ageDaysMax, reusePrevention, hardExpiry } = policy
    return {
      PasswordPolicy: {
        MinimumPasswordLength: policy.minimumLength,
        RequireSymbols: policy.symbols,
        RequireNumbers: policy.numbers,
        RequireUppercaseCharacters: policy.upperCase,
        RequireLowercaseCharacters: policy.lowerCase,
        AllowUsersToChangePassword: policy.usersMayChange,
        ExpirePasswords: ageDaysMax !== undefined,
        ...(ageDaysMax === undefined ? {} : { MaxPasswordAge: ageDaysMax }),
        ...(reusePrevention === undefined ? {} : { PasswordReusePrevention: reusePrevention }),
        ...(hardExpiry === undefined ? {} : { HardExpiry: hardExpiry }),
      },
    }
  },
})

/** What the call leaves out goes back to its default. Recorded: iam, UpdateAccountPasswordPolicy. */
export const updateAccountPasswordPolicy = operation(UpdateAccountPasswordPolicy, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, input) {
    const { MaxPasswordAge, PasswordReusePrevention, HardExpiry } = input
    passwordPolicies.put(ctx, {
      accountId: ctx.accountId,
      minimumLength: input.MinimumPasswordLength ?? minimumLengthDefault,
      symbols: input.RequireSymbols ?? false,
      numbers: input.RequireNumbers ?? false,
      upperCase: input.RequireUppercaseCharacters ?? false,
      lowerCase: input.RequireLowercaseCharacters ?? false,
      usersMayChange: input.AllowUsersToChangePassword ?? false,
      ...(MaxPasswordAge ? { ageDaysMax: MaxPasswordAge } : {}),
      ...(PasswordReusePrevention ? { reusePrevention: PasswordReusePrevention } : {}),
      ...(HardExpiry === undefined ? {} : { hardExpiry: HardExpiry }),
    })
    return {}
  },
})

export const deleteAccountPasswordPolicy = operation(DeleteAccountPasswordPolicy, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx) {
    if (passwordPolicies.delete(ctx, ctx.accountId) === undefined) {
      throw noSuchEntity('The account policy with name PasswordPolicy cannot be found.')
    }
    return {}
  },
})

/** AWS's rule for accounts that have no policy. Source: IAM User Guide, "Default password policy". */
const defaultPolicy: Omit<PasswordPolicyRecord, 'accountId'> = {
  minimumLength: 8,
  symbols: false,
  numbers: false,
  upperCase: false,
  lowerCase: false,
  usersMayChange: true,
}

export function passwordPolicyOf(ctx: Context): Omit<PasswordPolicyRecord, 'accountId'> {
  return passwordPolicies.get(ctx, ctx.accountId) ?? defaultPolicy
}

/** Whether a password is one that the account allows. */
export function conforms(ctx: Context, password: string): boolean {
  const own = passwordPolicies.get(ctx, ctx.accountId)
  const policy = own ?? defaultPolicy
  const kinds = {
    upperCase: /[A-Z]/.test(password),
    lowerCase: /[a-z]/.test(password),
    numbers: /[0-9]/.test(password),
    symbols: /[!@#$%^&*()_+\-=[\]{}|']/.test(password),
  }
  if (password.length < policy.minimumLength) return false
  if (own === undefined) return Object.values(kinds).filter(Boolean).length >= 3
  return (
    (!own.upperCase || kinds.upperCase) &&
    (!own.lowerCase || kinds.lowerCase) &&
    (!own.numbers || kinds.numbers) &&
    (!own.symbols || kinds.symbols)
  )
}
