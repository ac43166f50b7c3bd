import {
  CreateKey,
  type CreateKeyRequest,
  DescribeKey,
  type KeyMetadata,
  ListKeys,
  UpdateKeyDescription,
} from '@cloud-orrery/models/kms'
import { operation } from '../define.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { callerContext, onKey, ownAccount, tagContext, theOwnKey } from './access.ts'
import { incompatibleUsage, limitExceeded, pendingDeletion, usageRequired } from './errors.ts'
import { checkLockout, defaultPolicy, readPolicy } from './key-policies.ts'
import { keysMax, pageItems } from './limits.ts'
import { ensureManagedKey, isPredefined } from './managed-keys.ts'
import { drawMaterial } from './materials.ts'
import { page } from './pages.ts'
import { aliasIn, ownerOf, theKey } from './references.ts'
import { type HmacSpec, type KeyRecord, type KeySpec, keyArn, keys } from './state.ts'
import { tagsOf } from './tags.ts'

export const createKey = operation(CreateKey, {
  authorize(input, ctx) {
    const { BypassPolicyLockoutSafetyCheck = false } = input
    // What CloudFormation marks its resources with needs no permission.
    const Tags = (input.Tags ?? []).filter(({ TagKey }) => !/^aws:/i.test(TagKey))
    const { spec, usage } = { spec: specOf(input) ?? '', usage: input.KeyUsage ?? '' }
    const context = {
      ...callerContext(ctx),
      'kms:BypassPolicyLockoutSafetyCheck': BypassPolicyLockoutSafetyCheck,
      'kms:KeyOrigin': input.Origin ?? 'AWS_KMS',
      'kms:KeySpec': spec,
      'kms:KeyUsage': usage === '' ? 'ENCRYPT_DECRYPT' : usage,
      'kms:CustomerMasterKeySpec': spec,
      'kms:CustomerMasterKeyUsage': usage === '' ? 'ENCRYPT_DECRYPT' : usage,
      'kms:MultiRegion': input.MultiRegion ?? false,
      ...tagContext(Tags),
    }
    const create = { resource: '*', context }
    return Tags.length === 0 ? create : [create, { ...create, action: 'kms:TagResource' }]
  },
  provenance: 'recorded',
  refuses: ['CustomKeyStoreId', 'XksKeyId'],
  run(ctx, input) {
    const { spec, usage } = kindOf(input)
    const tags = tagsOf(ctx, {}, input.Tags ?? [])
    const keyId = ctx.ids.uuid()
    const arn = keyArn(ctx, keyId)
    const policy = input.Policy === undefined ? defaultPolicy(ctx) : readPolicy(ctx, input.Policy)
    if (input.BypassPolicyLockoutSafetyCheck !== true) checkLockout(ctx, arn, policy.document)
    if (keys.count(ctx) >= keysMax) throw limitExceeded(`Key limit of ${keysMax} exceeded`)
    const { materialId } = drawMaterial(ctx, { keyId, spec, version: 1 })
    const key = keys.put(ctx, {
      keyId,
      arn,
      accountId: ctx.accountId,
      createdAtMs: ctx.now(),
      description: input.Description ?? '',
      manager: 'CUSTOMER',
      spec,
      usage,
      state: 'Enabled',
      policy,
      tags,
      materialId,
      materials: 1,
      onDemandRotations: 0,
    })
    return { KeyMetadata: metadata(key) }
  },
})

export const describeKey = operation(DescribeKey, {
  authorize({ KeyId }, ctx) {
    // Asking for one of AWS's own keys makes it. Source: KMS API reference, DescribeKey.
    const alias = aliasIn(KeyId)
    const isOwn = ownAccount(ctx) === ctx.accountId
    if (alias !== undefined && isOwn && isPredefined(alias)) ensureManagedKey(ctx, alias)
    return onKey(ctx, KeyId)
  },
  scope: ({ KeyId }) => ownerOf(KeyId),
  provenance: 'recorded',
  run: (ctx, { KeyId }) => ({ KeyMetadata: metadata(theKey(ctx, KeyId, true)) }),
})

export const listKeys = operation(ListKeys, {
  authorize: (_input, ctx) => ({ resource: '*', context: callerContext(ctx) }),
  provenance: 'modelled',
  refuses: ['ResourceOwners'],
  run(ctx, { Limit = pageItems.keys, Marker }) {
    const { items, ...rest } = page({
      list: (start) => keys.scan(ctx, start),
      positionOf: ({ keyId }) => keyId,
      itemsMax: Limit,
      token: Marker,
      request: ['ListKeys'],
    })
    return { Keys: items.map(({ keyId, arn }) => ({ KeyId: keyId, KeyArn: arn })), ...rest }
  },
})

export const updateKeyDescription = operation(UpdateKeyDescription, {
  authorize: ({ KeyId }, ctx) => onKey(ctx, KeyId),
  provenance: 'modelled',
  run(ctx, { KeyId, Description }) {
    const key = theOwnKey(ctx, KeyId, 'UpdateKeyDescription')
    if (key.state === 'PendingDeletion') throw pendingDeletion(key.arn)
    keys.update(ctx, key.keyId, { description: Description })
    return {}
  },
})

const macAlgorithms: Readonly<Record<HmacSpec, string>> = {
  HMAC_224: 'HMAC_SHA_224',
  HMAC_256: 'HMAC_SHA_256',
  HMAC_384: 'HMAC_SHA_384',
  HMAC_512: 'HMAC_SHA_512',
}

/** The algorithm of an HMAC key; undefined for keys that encrypt. */
export function macAlgorithmOf(spec: KeySpec): string | undefined {
  return spec === 'SYMMETRIC_DEFAULT' ? undefined : macAlgorithms[spec]
}

/** What is told of a key. Recorded: kms, CreateKey and DescribeKey. */
export function metadata(key: KeyRecord): KeyMetadata {
  const mac = macAlgorithmOf(key.spec)
  return {
    AWSAccountId: key.accountId,
    KeyId: key.keyId,
    Arn: key.arn,
    CreationDate: key.createdAtMs,
    Enabled: key.state === 'Enabled',
    Description: key.description,
    KeyUsage: key.usage,
    KeyState: key.state,
    ...(key.deletion === undefined ? {} : { DeletionDate: key.deletion.atMs }),
    Origin: 'AWS_KMS',
    KeyManager: key.manager,
    CustomerMasterKeySpec: key.spec,
    KeySpec: key.spec,
    ...(mac === undefined
      ? { EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'], CurrentKeyMaterialId: key.materialId }
      : { MacAlgorithms: [mac] }),
    MultiRegion: false,
  }
}

function specOf({ KeySpec, CustomerMasterKeySpec }: CreateKeyRequest): string | undefined {
  return KeySpec ?? CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT'
}

/** What kind of key is asked for. Asymmetric, imported, replicated keys and other stores are refused by name. */
function kindOf(input: CreateKeyRequest): Pick<KeyRecord, 'spec' | 'usage'> {
  const spec = specOf(input)
  const { KeyUsage, Origin = 'AWS_KMS', MultiRegion = false } = input
  if (spec !== 'SYMMETRIC_DEFAULT' && KeyUsage === undefined) throw usageRequired()
  if (Origin !== 'AWS_KMS') throw notModelled(`Origin ${Origin} of kms:CreateKey`)
  if (MultiRegion) throw notModelled('multi-Region keys: MultiRegion of kms:CreateKey')
  if (spec === 'SYMMETRIC_DEFAULT') {
    if (KeyUsage !== undefined && KeyUsage !== 'ENCRYPT_DECRYPT') {
      throw incompatibleUsage(KeyUsage, spec)
    }
    return { spec, usage: 'ENCRYPT_DECRYPT' }
  }
  if (isHmac(spec)) {
    if (KeyUsage !== 'GENERATE_VERIFY_MAC') throw incompatibleUsage(KeyUsage ?? '', spec)
    return { spec, usage: 'GENERATE_VERIFY_MAC' }
  }
  throw notModelled(`asymmetric keys: KeySpec ${spec} of kms:CreateKey`)
}

function isHmac(spec: string | undefined): spec is HmacSpec {
  return spec !== undefined && spec in macAlgorithms
}
