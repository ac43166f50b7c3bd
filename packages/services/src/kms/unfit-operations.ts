import {
  DeleteImportedKeyMaterial,
  DeriveSharedSecret,
  GetParametersForImport,
  ImportKeyMaterial,
  Sign,
  Verify,
} from '@cloud-orrery/models/kms'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { onKey, theOwnKey } from './access.ts'
import { originUnfit, wrongUsage } from './errors.ts'
import { ownerOf, theKey } from './references.ts'
import { checkState } from './use.ts'

/**
 * Operations for kinds of keys that are not built: CreateKey refuses those by name. On every key that can be made
 * AWS refuses them too, in the words that are here.
 */
export const unfitOperations = [
  operation(Sign, {
    authorize: ({ KeyId }, ctx) => onKey(ctx, KeyId),
    scope: ({ KeyId }) => ownerOf(KeyId),
    provenance: 'recorded',
    run: (ctx, { KeyId }) => unfitUsage(ctx, KeyId, 'Sign'),
  }),
  operation(Verify, {
    authorize: ({ KeyId }, ctx) => onKey(ctx, KeyId),
    scope: ({ KeyId }) => ownerOf(KeyId),
    provenance: 'recorded',
    run: (ctx, { KeyId }) => unfitUsage(ctx, KeyId, 'Verify'),
  }),
  operation(DeriveSharedSecret, {
    authorize: ({ KeyId }, ctx) => onKey(ctx, KeyId),
    scope: ({ KeyId }) => ownerOf(KeyId),
    provenance: 'recorded',
    run: (ctx, { KeyId }) => unfitUsage(ctx, KeyId, 'DeriveSharedSecret'),
  }),
  operation(GetParametersForImport, {
    authorize: ({ KeyId }, ctx) => onKey(ctx, KeyId),
    provenance: 'recorded',
    run: (ctx, { KeyId }) => unfitOrigin(ctx, KeyId, 'GetParametersForImport'),
  }),
  operation(ImportKeyMaterial, {
    authorize: ({ KeyId }, ctx) => onKey(ctx, KeyId),
    provenance: 'modelled',
    run: (ctx, { KeyId }) => unfitOrigin(ctx, KeyId, 'ImportKeyMaterial'),
  }),
  operation(DeleteImportedKeyMaterial, {
    authorize: ({ KeyId }, ctx) => onKey(ctx, KeyId),
    provenance: 'modelled',
    run: (ctx, { KeyId }) => unfitOrigin(ctx, KeyId, 'DeleteImportedKeyMaterial'),
  }),
]

function unfitUsage(ctx: Context, reference: string, operationName: string): never {
  const key = theKey(ctx, reference, true)
  checkState(key)
  throw wrongUsage(key.arn, key.usage, operationName)
}

function unfitOrigin(ctx: Context, reference: string, operationName: string): never {
  throw originUnfit(theOwnKey(ctx, reference, operationName).arn, 'AWS_KMS')
}
