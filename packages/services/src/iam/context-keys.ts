import {
  GetContextKeysForCustomPolicy,
  GetContextKeysForPrincipalPolicy,
} from '@cloud-orrery/models/iam'
import { type PolicyDocument, usedContextKeys } from '@cloud-orrery/policy'
import { operation } from '../define.ts'
import { aboutEntity } from './entities.ts'
import { readPolicy } from './policy-documents.ts'
import { policySource } from './policy-sources.ts'

export const getContextKeysForCustomPolicy = operation(GetContextKeysForCustomPolicy, {
  authorize: () => '*',
  provenance: 'modelled',
  run: (_ctx, { PolicyInputList }) => ({
    ContextKeyNames: keysOf(PolicyInputList.map((text) => readPolicy(text, 'identity').document)),
  }),
})

export const getContextKeysForPrincipalPolicy = operation(GetContextKeysForPrincipalPolicy, {
  authorize: ({ PolicySourceArn }, ctx) => {
    const { kind, name } = policySource(ctx, PolicySourceArn)
    return aboutEntity(ctx, kind, name)
  },
  provenance: 'modelled',
  run(ctx, { PolicySourceArn, PolicyInputList = [] }) {
    const { policies, boundary = [] } = policySource(ctx, PolicySourceArn)
    const given = PolicyInputList.map((text) => readPolicy(text, 'identity').document)
    const own = [...policies, ...boundary].map(({ document }) => document)
    return { ContextKeyNames: keysOf([...own, ...given]) }
  },
})

function keysOf(documents: readonly PolicyDocument[]): string[] {
  return [...new Set(documents.flatMap((document) => usedContextKeys(document)))]
}
