import { GetFunction, GetFunctionConfiguration, ListFunctions } from '@cloud-orrery/models/lambda'
import { operation } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { pageOf } from '../../shared/pages.ts'
import { pageItemsMax } from '../limits.ts'
import { found, judgedFunction, latest, qualifierOf, theLatest } from '../lookup.ts'
import { namedFunction, scopeOfName } from '../names.ts'
import { type FunctionRecord, functions, type VersionRecord, versions } from '../state.ts'
import { invalidMarker } from '../versions.ts'
import { codeLocation } from './code-location.ts'
import { listedConfiguration, openConfiguration } from './configuration.ts'

export const getFunction = operation(GetFunction, {
  authorize: (input, ctx) =>
    judgedFunction(ctx, input.FunctionName, { qualifier: input.Qualifier }),
  provenance: 'recorded',
  scope: scopeOfName,
  async run(ctx, input) {
    const named = namedFunction(ctx, input.FunctionName, input.Qualifier)
    const { fn, version } = found(ctx, named)
    const Configuration = await openConfiguration(ctx, fn, version, named.qualifier)
    const key = `${fn.name}-${version.deployment.code.zip.sha256.slice(0, 32)}`
    const Location = await codeLocation(ctx, 'snapshots', key, version.deployment.code)
    return {
      Configuration,
      Code: { RepositoryType: 'S3', Location },
      ...(Object.keys(fn.tags).length === 0 ? {} : { Tags: { ...fn.tags } }),
      ...(fn.reservedConcurrency === undefined
        ? {}
        : { Concurrency: { ReservedConcurrentExecutions: fn.reservedConcurrency } }),
    }
  },
})

export const getFunctionConfiguration = operation(GetFunctionConfiguration, {
  authorize: (input, ctx) =>
    judgedFunction(ctx, input.FunctionName, { qualifier: input.Qualifier }),
  provenance: 'recorded',
  scope: scopeOfName,
  async run(ctx, input) {
    const named = namedFunction(ctx, input.FunctionName, input.Qualifier)
    const { fn, version } = found(ctx, named)
    return await openConfiguration(ctx, fn, version, named.qualifier)
  },
})

export const listFunctions = operation(ListFunctions, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { MasterRegion, FunctionVersion, Marker, MaxItems = pageItemsMax }) {
    if (MasterRegion !== undefined && MasterRegion !== 'ALL' && MasterRegion !== ctx.region) {
      throw notModelled('MasterRegion: functions replicated for Lambda@Edge')
    }
    const page = {
      itemsMax: Math.min(MaxItems, pageItemsMax),
      token: Marker,
      request: ['ListFunctions', FunctionVersion ?? latest],
      refused: invalidMarker,
    }
    if (FunctionVersion === 'ALL') {
      const { items, nextToken } = pageOf<VersionRecord>({
        ...page,
        list: (start) => versions.scan(ctx, start),
        positionOf: ({ functionName, number }) =>
          versions.options.key({ functionName, number } as VersionRecord), // The key is made of these two.
      })
      const shown = items.flatMap((version) => {
        const fn = functions.get(ctx, version.functionName)
        return fn === undefined
          ? []
          : [listedConfiguration(fn, version, qualifierOf(version.number))]
      })
      return { Functions: shown, ...next(nextToken) }
    }
    const { items, nextToken } = pageOf<FunctionRecord>({
      ...page,
      list: (start) => functions.scan(ctx, start),
      positionOf: ({ name }) => name,
    })
    const shown = items.map((fn) => listedConfiguration(fn, theLatest(ctx, fn.name), undefined))
    return { Functions: shown, ...next(nextToken) }
  },
})

function next(token: string | undefined): { NextMarker?: string } {
  return token === undefined ? {} : { NextMarker: token }
}
