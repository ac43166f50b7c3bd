import { PolicyError, parsePolicy, type Statement } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { accounts } from '../shared/identity/accounts.ts'
import { identityArn } from '../shared/identity/arns.ts'
import { roles, users } from '../shared/identity/state.ts'
import { invalidAttributeValue } from './errors.ts'
import type { Queue } from './state.ts'

/** Reads a queue's policy. SQS says of none that it refuses what is wrong with it. */
export function readQueuePolicy(ctx: Context, text: string): Queue['policy'] & object {
  const document = parsed(text)
  for (const statement of [document.Statement].flat()) {
    if (!namesActionsOfSqs(statement) || !namesPrincipalsThatExist(ctx, statement)) {
      throw invalidAttributeValue('Policy')
    }
  }
  return { text, document }
}

function parsed(text: string) {
  try {
    return parsePolicy(text, 'resource')
  } catch (error) {
    if (error instanceof PolicyError) throw invalidAttributeValue('Policy')
    throw error
  }
}

function namesActionsOfSqs({ Action, NotAction }: Statement): boolean {
  const actions = [Action ?? NotAction ?? []].flat()
  return actions.every((action) => action === '*' || /^sqs:/i.test(action))
}

/**
 * Users and roles that a policy names have to be there, as far as their accounts are in the model.
 * Source: SQS Developer Guide, "Identity and access management: principals".
 */
function namesPrincipalsThatExist(ctx: Context, statement: Statement): boolean {
  const element = statement.Principal ?? statement.NotPrincipal
  if (element === undefined || element === '*') return true
  return [element.AWS ?? []].flat().every((name) => {
    const arn = identityArn(name)
    if (arn === undefined || !accounts.has(ctx, arn.accountId)) return true
    const there = ctx.at({ accountId: arn.accountId })
    const key = arn.name.toLowerCase()
    if (arn.type === 'user') return users.has(there, key)
    return arn.type !== 'role' || roles.has(there, key)
  })
}
