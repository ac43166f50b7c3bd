import type { PasswordPolicyType } from '@cloud-orrery/models/cognitoidp'
import type { Pool } from '../../pools/state.ts'
import type { Field } from './forms.ts'

interface Kind {
  readonly label: string
  readonly autocomplete: string
  readonly type?: Field['type']
}

const kinds: Readonly<Record<string, Kind>> = {
  address: { label: 'Address', autocomplete: 'street-address' },
  birthdate: { label: 'Date of birth', autocomplete: 'bday', type: 'date' },
  email: { label: 'Email address', autocomplete: 'email', type: 'email' },
  family_name: { label: 'Family name', autocomplete: 'family-name' },
  gender: { label: 'Gender', autocomplete: 'sex' },
  given_name: { label: 'Given name', autocomplete: 'given-name' },
  locale: { label: 'Language', autocomplete: 'language' },
  middle_name: { label: 'Middle name', autocomplete: 'additional-name' },
  name: { label: 'Name', autocomplete: 'name' },
  nickname: { label: 'Nickname', autocomplete: 'nickname' },
  phone_number: { label: 'Phone number', autocomplete: 'tel', type: 'tel' },
  picture: { label: 'Picture (address of an image)', autocomplete: 'photo', type: 'url' },
  preferred_username: { label: 'Preferred username', autocomplete: 'nickname' },
  profile: { label: 'Profile page', autocomplete: 'url', type: 'url' },
  website: { label: 'Website', autocomplete: 'url', type: 'url' },
  zoneinfo: { label: 'Time zone', autocomplete: 'off' },
}

/** The field of a user's attribute. */
export function attributeField(name: string, value?: string): Field {
  const { label, autocomplete, type } = kinds[name] ?? {
    label: name.replace('custom:', ''),
    autocomplete: 'off',
  }
  const hint = name === 'phone_number' ? 'With country code, as in +14155550100.' : undefined
  return { name, label, autocomplete, value, hint, ...(type === undefined ? {} : { type }) }
}

/** The name by which people of this pool sign in. */
export function usernameField({ settings }: Pool, value?: string): Field {
  const { UsernameAttributes = [] } = settings
  const byMail = UsernameAttributes.includes('email')
  const byPhone = UsernameAttributes.includes('phone_number')
  const base = { name: 'username', autocomplete: 'username', value } as const
  if (byMail && byPhone) return { ...base, label: 'Email address or phone number' }
  if (byMail) return { ...base, label: 'Email address', type: 'email' }
  if (byPhone) return { ...base, label: 'Phone number', type: 'tel', hint: 'With country code.' }
  return { ...base, label: 'Username' }
}

/** Fields of a password that is chosen now. */
export function newPasswordFields({ settings }: Pool): Field[] {
  const autocomplete = 'new-password'
  const hint = policyHint(settings.Policies?.PasswordPolicy ?? {})
  return [
    { name: 'new_password', label: 'New password', type: 'password', autocomplete, hint },
    { name: 'repeated', label: 'Repeat the new password', type: 'password', autocomplete },
  ]
}

export function policyHint(policy: PasswordPolicyType): string {
  const kinds = [
    ...(policy.RequireLowercase === true ? ['a lower case letter'] : []),
    ...(policy.RequireUppercase === true ? ['an upper case letter'] : []),
    ...(policy.RequireNumbers === true ? ['a number'] : []),
    ...(policy.RequireSymbols === true ? ['a special character'] : []),
  ]
  const length = `At least ${policy.MinimumLength ?? 6} characters`
  return kinds.length === 0 ? `${length}.` : `${length}, with ${kinds.join(', ')}.`
}
