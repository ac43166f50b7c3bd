import { UpdateFunctionCode, UpdateFunctionConfiguration } from '@cloud-orrery/models/lambda'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { invalid, wrongRevision } from '../errors.ts'
import { checkUnzipped } from '../layers/used-layers.ts'
import { type Found, found, judgedFunction, theLatest } from '../lookup.ts'
import { namedFunction, scopeOfName } from '../names.ts'
import type { Deployment, VersionRecord } from '../state.ts'
import { countIn, countOut } from '../storage.ts'
import { publishLatest } from '../versions.ts'
import { readCode } from './code.ts'
import { configurationOf, openConfiguration } from './configuration.ts'
import { checkDeadLetterTarget } from './dead-letter-target.ts'
import { sealVariables } from './environment-encryption.ts'
import { deploy, settled } from './lifecycle.ts'
import { authorizeRole, checkRole } from './roles.ts'
import { changedSettings } from './settings.ts'

export const updateFunctionCode = operation(UpdateFunctionCode, {
  authorize: (input, ctx) => judgedFunction(ctx, input.FunctionName),
  provenance: 'recorded',
  refuses: ['PublishTo'],
  scope: scopeOfName,
  async run(ctx, input) {
    const { fn, version } = theOwn(ctx, input.FunctionName)
    if (input.ImageUri !== undefined) {
      throw invalid("Please don't provide ImageUri when updating a function with packageType Zip.")
    }
    checkRevision(version, input.RevisionId)
    settled(ctx, fn, version)
    const code = await readCode(ctx, input, 'UpdateFunctionCode')
    checkUnzipped(code, version.deployment.settings.layers)
    const now = settled(ctx, fn, theLatest(ctx, fn.name))
    const before = now.deployment
    const architecture = input.Architectures?.[0] ?? before.settings.architecture
    const settings = { ...before.settings, architecture }
    const deployment: Deployment = { id: ctx.ids.hex(32), code, settings }
    if (input.DryRun === true) return configurationOf(ctx, fn, { ...now, deployment }, undefined)
    countIn(ctx, code)
    countOut(ctx, before.code)
    const changed = deploy(ctx, now, deployment)
    if (input.Publish !== true) return configurationOf(ctx, fn, changed, undefined)
    const published = publishLatest(ctx, fn, changed, undefined)
    return configurationOf(ctx, fn, published, String(published.number))
  },
})

export const updateFunctionConfiguration = operation(UpdateFunctionConfiguration, {
  authorize: (input, ctx) =>
    judgedFunction(ctx, input.FunctionName, {
      context: input.Layers === undefined ? {} : { 'lambda:Layer': input.Layers },
    }),
  provenance: 'recorded',
  refuses: ['AcceleratorConfig', 'CapacityProviderConfig', 'DurableConfig', 'RuntimeConfig'],
  scope: scopeOfName,
  async run(ctx, input) {
    const { fn, version } = theOwn(ctx, input.FunctionName)
    checkRevision(version, input.RevisionId)
    if (input.Role !== undefined) authorizeRole(ctx, input.Role, fn.arn)
    settled(ctx, fn, version)
    const plain = changedSettings(ctx, version.deployment.settings, input, fn.name)
    checkUnzipped(version.deployment.code, plain.layers)
    if (input.Role !== undefined) await checkRole(ctx, input.Role, fn.name)
    if (input.DeadLetterConfig !== undefined || input.Role !== undefined) {
      checkDeadLetterTarget(ctx, plain)
    }
    const settings = await sealVariables(ctx, fn.arn, plain, version.deployment.settings)
    const now = settled(ctx, fn, theLatest(ctx, fn.name))
    const deployment = { ...now.deployment, id: ctx.ids.hex(32), settings }
    return await openConfiguration(ctx, fn, deploy(ctx, now, deployment), undefined)
  },
})

/** A function as updates name it: `$LATEST` at most. */
function theOwn(ctx: Context, text: string): Found {
  const named = namedFunction(ctx, text)
  return found(ctx, { ...named, qualifier: undefined })
}

function checkRevision(version: VersionRecord, revisionId: string | undefined): void {
  if (revisionId !== undefined && revisionId !== version.revisionId) {
    throw wrongRevision('GetFunction/GetAlias')
  }
}
