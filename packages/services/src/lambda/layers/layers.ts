import { orderedKey } from '@cloud-orrery/kernel'
import {
  DeleteLayerVersion,
  GetLayerVersion,
  GetLayerVersionByArn,
  type LayerVersionsListItem,
  ListLayers,
  ListLayerVersions,
  PublishLayerVersion,
} from '@cloud-orrery/models/lambda'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { pageOf } from '../../shared/pages.ts'
import { notFound, otherRegion } from '../errors.ts'
import { readCode } from '../functions/code.ts'
import { codeLocation } from '../functions/code-location.ts'
import { pageItemsMax } from '../limits.ts'
import { type LayerRecord, type LayerVersionRecord, layers, layerVersions } from '../state.ts'
import { countIn, countOut } from '../storage.ts'
import { invalidMarker } from '../versions.ts'
import { layerAddress } from './used-layers.ts'

export const publishLayerVersion = operation(PublishLayerVersion, {
  authorize: (input, ctx) => layerArn(ctx, nameOf(input.LayerName)),
  provenance: 'recorded',
  async run(ctx, input) {
    const name = nameOf(input.LayerName)
    const code = await readCode(ctx, input.Content, 'PublishLayerVersion')
    const arn = layerArn(ctx, name)
    const layer = layers.get(ctx, name) ?? { name, arn, lastVersion: 0 }
    countIn(ctx, code)
    const number = layer.lastVersion + 1
    layers.put(ctx, { ...layer, lastVersion: number })
    const { CompatibleArchitectures, CompatibleRuntimes, LicenseInfo } = input
    const version = layerVersions.put(ctx, {
      layerName: name,
      number,
      arn: `${arn}:${number}`,
      layerArn: arn,
      description: input.Description ?? '',
      ...(LicenseInfo === undefined ? {} : { licence: LicenseInfo }),
      ...(CompatibleRuntimes === undefined ? {} : { runtimes: CompatibleRuntimes }),
      ...(CompatibleArchitectures === undefined ? {} : { architectures: CompatibleArchitectures }),
      code,
      createdAtMs: ctx.now(),
      statements: [],
      revisionId: ctx.ids.uuid(),
    })
    return await shownVersion(ctx, version)
  },
})

export const getLayerVersion = operation(GetLayerVersion, {
  authorize: (input, ctx) => versionArn(ctx, input.LayerName, input.VersionNumber),
  provenance: 'recorded',
  scope: scopeOfLayer,
  run: async (ctx, { LayerName, VersionNumber }) =>
    await shownVersion(ctx, theLayerVersion(ctx, LayerName, VersionNumber)),
})

export const getLayerVersionByArn = operation(GetLayerVersionByArn, {
  authorize: (input) => ({ action: 'lambda:GetLayerVersion', resource: input.Arn }),
  provenance: 'recorded',
  scope: ({ Arn }) => scopeOfArn(Arn),
  async run(ctx, { Arn }) {
    const address = layerAddress(Arn)
    if (address !== undefined && address.region !== ctx.region) {
      throw otherRegion(address.region, ctx.region)
    }
    return await shownVersion(ctx, theLayerVersion(ctx, address?.name ?? Arn, address?.number ?? 0))
  },
})

/** Recorded: lambda DeleteLayerVersion: one that is not there is deleted as well. */
export const deleteLayerVersion = operation(DeleteLayerVersion, {
  authorize: (input, ctx) => versionArn(ctx, input.LayerName, input.VersionNumber),
  provenance: 'recorded',
  run(ctx, { LayerName, VersionNumber }) {
    const gone = layerVersions.delete(ctx, orderedKey(nameOf(LayerName), VersionNumber))
    if (gone !== undefined) countOut(ctx, gone.code)
    return {}
  },
})

export const listLayerVersions = operation(ListLayerVersions, {
  authorize: () => '*',
  provenance: 'recorded',
  run(ctx, input) {
    const { LayerName, Marker, MaxItems = pageItemsMax } = input
    const name = nameOf(LayerName)
    const { items, nextToken } = pageOf<LayerVersionRecord>({
      list: ({ after }) =>
        layerVersions.scan(ctx, {
          prefix: `${name}\u0000`,
          reverse: true,
          ...(after === undefined ? {} : { after }),
        }),
      positionOf: ({ number }) => orderedKey(name, number),
      wanted: (version) => fits(version, input),
      itemsMax: Math.min(MaxItems, pageItemsMax),
      token: Marker,
      request: ['ListLayerVersions', name, input.CompatibleRuntime, input.CompatibleArchitecture],
      refused: invalidMarker,
    })
    return {
      LayerVersions: items.map(listed),
      ...(nextToken === undefined ? {} : { NextMarker: nextToken }),
    }
  },
})

export const listLayers = operation(ListLayers, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, input) {
    const { Marker, MaxItems = pageItemsMax } = input
    const newest = (layer: LayerRecord) => newestOf(ctx, layer.name, input)
    const { items, nextToken } = pageOf<LayerRecord>({
      list: (start) => layers.scan(ctx, start),
      positionOf: ({ name }) => name,
      wanted: (layer) => newest(layer) !== undefined,
      itemsMax: Math.min(MaxItems, pageItemsMax),
      token: Marker,
      request: ['ListLayers', input.CompatibleRuntime, input.CompatibleArchitecture],
      refused: invalidMarker,
    })
    return {
      Layers: items.map((layer) => {
        const version = newest(layer)
        return {
          LayerName: layer.name,
          LayerArn: layer.arn,
          ...(version === undefined ? {} : { LatestMatchingVersion: listed(version) }),
        }
      }),
      ...(nextToken === undefined ? {} : { NextMarker: nextToken }),
    }
  },
})

interface Wanted {
  readonly CompatibleRuntime?: string | undefined
  readonly CompatibleArchitecture?: string | undefined
}

function fits(version: LayerVersionRecord, { CompatibleRuntime, CompatibleArchitecture }: Wanted) {
  const runtimes: readonly string[] = version.runtimes ?? []
  const architectures: readonly string[] = version.architectures ?? []
  return (
    (CompatibleRuntime === undefined || runtimes.includes(CompatibleRuntime)) &&
    (CompatibleArchitecture === undefined || architectures.includes(CompatibleArchitecture))
  )
}

function newestOf(ctx: Context, name: string, wanted: Wanted): LayerVersionRecord | undefined {
  for (const it of layerVersions.scan(ctx, { prefix: `${name}\u0000`, reverse: true })) {
    if (fits(it, wanted)) return it
  }
  return undefined
}

/** A layer's name may be its ARN. Source: the model's pattern of `LayerName`. */
function nameOf(text: string): string {
  return text.slice(text.lastIndexOf(':') + 1)
}

function scopeOfArn(arn: unknown): { accountId?: string } {
  const accountId = typeof arn === 'string' ? arn.split(':')[4] : undefined
  return accountId === undefined || !/^\d{12}$/.test(accountId) ? {} : { accountId }
}

export function scopeOfLayer({ LayerName }: { readonly LayerName?: unknown }) {
  return scopeOfArn(LayerName)
}

export function layerArn(
  { partition, region, accountId }: Pick<Context, 'partition' | 'region' | 'accountId'>,
  name: string,
): string {
  return `arn:${partition}:lambda:${region}:${accountId}:layer:${name}`
}

export function versionArn(ctx: Context, text: string, number: number): string {
  return text.startsWith('arn:') ? `${text}:${number}` : `${layerArn(ctx, text)}:${number}`
}

export function theLayerVersion(ctx: Context, text: string, number: number): LayerVersionRecord {
  const name = nameOf(text)
  const version = layerVersions.get(ctx, orderedKey(name, number))
  if (version !== undefined) return version
  throw notFound(`Layer version ${layerArn(ctx, name)}:${number} does not exist.`)
}

function listed(version: LayerVersionRecord): LayerVersionsListItem {
  const { runtimes, architectures, licence } = version
  return {
    LayerVersionArn: version.arn,
    Version: version.number,
    Description: version.description,
    CreatedDate: new Date(version.createdAtMs).toISOString().replace('Z', '+0000'),
    ...(runtimes === undefined ? {} : { CompatibleRuntimes: runtimes }),
    ...(architectures === undefined ? {} : { CompatibleArchitectures: architectures }),
    ...(licence === undefined ? {} : { LicenseInfo: licence }),
  }
}

async function shownVersion(ctx: Context, version: LayerVersionRecord) {
  const { code, layerArn, layerName, number } = version
  return {
    ...listed(version),
    LayerArn: layerArn,
    Content: {
      Location: await codeLocation(
        ctx,
        'layers',
        `${layerName}-${number}-${code.zip.sha256.slice(0, 32)}`,
        code,
      ),
      CodeSha256: code.sha256,
      CodeSize: code.sizeBytes,
    },
  }
}
