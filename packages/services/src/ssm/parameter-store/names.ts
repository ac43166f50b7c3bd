import type { Scope } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import type { Authorization } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { invalid } from '../errors.ts'
import { resourceTagContext } from '../tag-lists.ts'
import {
  labelNotFound,
  parameterNotFound,
  parameterVersionNotFound,
  reservedName,
  tooManyLevels,
} from './errors.ts'
import { levelsMax, nameWithArnMax, versionsMax } from './limits.ts'
import {
  type ParameterRecord,
  type ParameterVersion,
  parameters,
  parameterVersions,
  versionKey,
} from './state.ts'

/** A slash in front of the name is not doubled in the ARN. */
export function parameterArn({ accountId, region }: Scope, name: string): string {
  return `arn:aws:ssm:${region}:${accountId}:parameter${name.startsWith('/') ? '' : '/'}${name}`
}

/** A parameter's ARN with its tags, as policies see it; what follows a name's colon is not of the name. */
export function judged(ctx: Context, reference: string): Authorization {
  const { name } = referred(ctx, reference)
  return {
    resource: parameterArn(ctx, name),
    context: resourceTagContext(parameters.get(ctx, name)?.tags ?? {}),
  }
}

/** The account that a reference by ARN names; that of the caller otherwise. */
export function ownerOf(reference: string): Partial<Scope> {
  const accountId = arnForm.exec(reference)?.[2]
  return accountId === undefined ? {} : { accountId }
}

const arnForm = /^arn:[^:]+:ssm:([^:]*):(\d{12}):parameter(\/.*)$/

/** `name`, `name:3`, `name:label` or an ARN, in its parts. */
export interface Reference {
  readonly name: string
  /** With its colon, as answers show it. */
  readonly selector?: string
}

export function referred(ctx: Context, reference: string): Reference {
  const path = arnForm.exec(reference)?.[3]
  const [head = '', ...rest] = (path ?? reference).split(':')
  const name = path === undefined ? head : nameOfArn(ctx, head)
  return rest.length === 0 ? { name } : { name, selector: `:${rest.join(':')}` }
}

/** An ARN does not tell whether a name on the first level has a slash before it. */
function nameOfArn(ctx: Context, path: string): string {
  return parameters.has(ctx, path)
    ? path
    : parameters.has(ctx, path.slice(1))
      ? path.slice(1)
      : path
}

/** The version that a reference means. Throws ParameterNotFound or ParameterVersionNotFound. */
export function theVersion(
  ctx: Context,
  reference: string,
): { parameter: ParameterRecord; version: ParameterVersion; selector?: string } {
  const { name, selector } = referred(ctx, reference)
  refusePublic(name)
  const parameter = theParameter(ctx, name)
  const wanted = selector?.slice(1)
  if (wanted === undefined) {
    return { parameter, version: theNumbered(ctx, parameter, parameter.version) }
  }
  const version = /^\d+$/.test(wanted)
    ? theNumbered(ctx, parameter, Number(wanted))
    : versionsOf(ctx, name).find(({ labels }) => labels.includes(wanted))
  if (version === undefined) throw labelNotFound(name, wanted)
  return { parameter, version, selector: `:${wanted}` }
}

export function theParameter(ctx: Context, name: string): ParameterRecord {
  const parameter = parameters.get(ctx, name)
  if (parameter === undefined) throw parameterNotFound()
  return parameter
}

export function theNumbered(
  ctx: Context,
  { name }: ParameterRecord,
  version: number,
): ParameterVersion {
  const record = parameterVersions.get(ctx, versionKey(name, version))
  if (record === undefined) throw parameterVersionNotFound(name, version)
  return record
}

/** Kept versions of a parameter, the oldest first: at most a hundred. */
export function versionsOf(ctx: Context, name: string): ParameterVersion[] {
  const versions = [...parameterVersions.scan(ctx, { prefix: `${name}\u0000` })]
  return versions.slice(-versionsMax)
}

/** Parameters that AWS publishes (`/aws/service/...`) and windows on other services (`/aws/reference/...`). */
export function refusePublic(name: string): void {
  if (/^\/aws\//i.test(name)) throw notModelled(`the public parameter ${name}`)
}

const words = '[a-zA-Z0-9_.-]+'
const nameForm = new RegExp(`^/?${words}(/${words})*$`)
const pathForm = new RegExp(`^/(${words}(/${words})*/?)?$`)

const formRules =
  'If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_'

/** Refuses a name that no parameter may have. Source: PutParameter, `Name`. */
export function checkNewName(ctx: Scope, name: string): void {
  const isPath = name.indexOf('/', 1) > 0
  if (isPath && /^\/aws/i.test(name)) throw reservedName(name)
  if (/^\/?(aws|ssm)/i.test(name)) {
    throw invalid(
      isPath
        ? `Parameter name: can't be prefixed with "ssm" (case-insensitive). ${formRules}`
        : 'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).',
    )
  }
  if (name.includes('/') && !name.startsWith('/')) {
    throw invalid('Parameter name must be a fully qualified name.')
  }
  if (!nameForm.test(name)) {
    throw invalid(`Parameter name: can't be prefixed with "ssm" (case-insensitive). ${formRules}`)
  }
  if (name.split('/').filter((part) => part !== '').length > levelsMax) throw tooManyLevels()
  if (parameterArn(ctx, name).length > nameWithArnMax) {
    throw invalid(
      `Parameter name: it must be no longer than ${nameWithArnMax} characters, with the ARN before it.`,
    )
  }
}

/** Refuses a path that no hierarchy may have. */
export function checkPath(path: string): void {
  if (pathForm.test(path)) return
  throw invalid(
    'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.',
  )
}
