import { orderedKey } from '@cloud-orrery/kernel'
import { DeleteFunction } from '@cloud-orrery/models/lambda'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { conflict, functionNotFound, invalid } from '../errors.ts'
import { endEnvironments } from '../invoke/environments.ts'
import { judgedFunction, qualifierOf, theFunction, versionKey, versionNumber } from '../lookup.ts'
import { functionArn, namedFunction, scopeOfName } from '../names.ts'
import {
  aliases,
  eventInvokeConfigs,
  functions,
  policies,
  provisioned,
  type VersionRecord,
  versions,
} from '../state.ts'
import { countOut } from '../storage.ts'
import { removeUrls } from '../urls/url-configs.ts'

export const deleteFunction = operation(DeleteFunction, {
  authorize: (input, ctx) =>
    judgedFunction(ctx, input.FunctionName, { qualifier: input.Qualifier }),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, input) {
    const named = namedFunction(ctx, input.FunctionName, input.Qualifier)
    const { qualifier } = named
    const number = versionNumber(qualifier)
    // Recorded: lambda DeleteFunction: the form of the qualifier comes before the function.
    if (number === undefined && /^[a-zA-Z0-9-_]+$/.test(qualifier ?? '')) {
      throw invalid('Deletion of aliases is not currently supported.')
    }
    const fn = functions.get(ctx, named.name)
    if (fn === undefined)
      throw functionNotFound(functionArn(ctx, { ...named, qualifier: undefined }))
    if (qualifier === undefined) return removeFunction(ctx, named.name)
    if (number === 0) {
      throw invalid('$LATEST version cannot be deleted without deleting the function.')
    }
    const version = versions.get(ctx, versionKey(fn.name, number ?? -1))
    if (version !== undefined) removeVersion(ctx, version)
    return { StatusCode: 204 }
  },
})

function removeVersion(ctx: Context, version: VersionRecord): void {
  const { functionName, number } = version
  const used = [...aliases.scan(ctx, { prefix: `${functionName}\u0000` })].filter(
    (alias) => alias.version === number || alias.weights?.[String(number)] !== undefined,
  )
  if (used.length > 0) {
    const names = used.map(({ name }) => name).join(', ')
    throw conflict(
      `Version was not able to be deleted because it is referenced by the following aliases: ${names}. Please delete these aliases before deleting the version`,
    )
  }
  const qualifier = qualifierOf(number)
  versions.delete(ctx, versionKey(functionName, number))
  policies.delete(ctx, orderedKey(functionName, qualifier))
  provisioned.delete(ctx, orderedKey(functionName, qualifier))
  eventInvokeConfigs.delete(ctx, orderedKey(functionName, qualifier))
  endEnvironments(ctx, functionName, (it) => it.version === number)
  countOut(ctx, version.deployment.code)
}

/** The function with all that is its own. Its event source mappings stay. Recorded: lambda, mappings. */
function removeFunction(ctx: Context, name: string) {
  theFunction(ctx, { ...ctx, accountId: ctx.accountId, region: ctx.region, name, full: false })
  const prefix = `${name}\u0000`
  for (const version of [...versions.scan(ctx, { prefix })]) {
    countOut(ctx, version.deployment.code)
    versions.delete(ctx, versionKey(name, version.number))
  }
  for (const it of [...aliases.scan(ctx, { prefix })])
    aliases.delete(ctx, orderedKey(name, it.name))
  for (const table of [policies, provisioned, eventInvokeConfigs] as const) {
    for (const { qualifier } of [...table.scan(ctx, { prefix })]) {
      table.delete(ctx, orderedKey(name, qualifier))
    }
  }
  removeUrls(ctx, name)
  endEnvironments(ctx, name)
  functions.delete(ctx, name)
  return { StatusCode: 204 }
}
