import { AwsError } from '@cloud-orrery/models'
import {
  GetParameter,
  GetParameterHistory,
  GetParameters,
  GetParametersByPath,
  type Parameter,
  type ParameterHistory,
} from '@cloud-orrery/models/ssm'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { notModelledCode } from '../../shared/not-modelled.ts'
import { pageOf } from '../../shared/pages.ts'
import { invalidToken } from './errors.ts'
import { compileFilters } from './filters.ts'
import { pageItems, pathPageItems } from './limits.ts'
import {
  checkPath,
  judged,
  ownerOf,
  parameterArn,
  refusePublic,
  theNumbered,
  theParameter,
  theVersion,
  versionsOf,
} from './names.ts'
import { shownPolicies } from './policies.ts'
import { opened } from './secure-strings.ts'
import { type ParameterRecord, type ParameterVersion, parameters } from './state.ts'

export const getParameter = operation(GetParameter, {
  authorize: ({ Name }, ctx) => judged(ctx, Name),
  scope: ({ Name }) => ownerOf(Name),
  provenance: 'recorded',
  secretOutput: ({ Parameter }) => (Parameter === undefined ? {} : { Parameter: noted(Parameter) }),
  run(ctx, { Name, WithDecryption = false }) {
    const parameter = found(ctx, Name)
    if (!WithDecryption || !parameter.isSecret) return { Parameter: parameter.shown }
    return decrypted(ctx, parameter).then((Parameter) => ({ Parameter }))
  },
})

export const getParameters = operation(GetParameters, {
  authorize: ({ Names }, ctx) => Names.map((name) => judged(ctx, name)),
  // Asked before the input is checked: the names may be missing, or null.
  scope: ({ Names }) => ownerOf(Names?.[0] ?? ''),
  provenance: 'recorded',
  secretOutput: ({ Parameters, ...rest }) => ({ ...rest, Parameters: Parameters?.map(noted) }),
  run(ctx, { Names, WithDecryption = false }) {
    const read: Reading<Parameter>[] = []
    const InvalidParameters: string[] = []
    for (const name of new Set(Names)) {
      try {
        read.push(found(ctx, name))
      } catch (error) {
        // A name or version that is not there is listed; a public parameter is refused by name.
        if (!(error instanceof AwsError) || error.code === notModelledCode) throw error
        InvalidParameters.push(name)
      }
    }
    return answered(ctx, read, WithDecryption, (Parameters) => ({ Parameters, InvalidParameters }))
  },
})

export const getParametersByPath = operation(GetParametersByPath, {
  authorize: ({ Path, Recursive = false }, ctx) => ({
    resource: parameterArn(ctx, Path),
    context: { 'ssm:Recursive': String(Recursive) },
  }),
  provenance: 'modelled',
  secretOutput: ({ Parameters, ...rest }) => ({ ...rest, Parameters: Parameters?.map(noted) }),
  run(ctx, input) {
    const { Path, Recursive = false, ParameterFilters = [], MaxResults = pathPageItems } = input
    checkPath(Path)
    refusePublic(Path.endsWith('/') ? Path : `${Path}/`)
    const { wanted, label } = compileFilters(ctx, ParameterFilters, 'path')
    const parent = Path.endsWith('/') ? Path.slice(0, -1) : Path
    const { items, nextToken } = pageOf({
      list: (start) =>
        Recursive
          ? parameters.scan(ctx, { prefix: `${parent}/`, ...start })
          : parameters.where(ctx, 'parent', parent, start),
      positionOf: ({ name }) => name,
      wanted: (it) => it.name.startsWith('/') && wanted(it),
      itemsMax: MaxResults,
      token: input.NextToken,
      request: ['GetParametersByPath', Path, Recursive, ParameterFilters],
      refused: invalidToken,
    })
    const read = items.map((it) => labelled(ctx, it, label))
    return answered(ctx, read, input.WithDecryption ?? false, (Parameters) => ({
      Parameters,
      NextToken: nextToken,
    }))
  },
})

export const getParameterHistory = operation(GetParameterHistory, {
  authorize: ({ Name }, ctx) => judged(ctx, Name),
  provenance: 'modelled',
  secretOutput: ({ Parameters, ...rest }) => ({ ...rest, Parameters: Parameters?.map(noted) }),
  run(ctx, { Name, MaxResults = pageItems, NextToken, WithDecryption = false }) {
    const { arn } = theParameter(ctx, Name)
    const versions = versionsOf(ctx, Name)
    const { items, nextToken } = pageOf({
      list: ({ after }) =>
        after === undefined ? versions : versions.filter(({ version }) => version > Number(after)),
      positionOf: ({ version }) => String(version),
      itemsMax: MaxResults,
      token: NextToken,
      request: ['GetParameterHistory', Name],
      refused: invalidToken,
    })
    const read = items.map((version) => readingOf(arn, version, past(version)))
    return answered(ctx, read, WithDecryption, (Parameters) => ({
      Parameters,
      NextToken: nextToken,
    }))
  },
})

/** A version as it is shown, which may have to be decrypted yet. */
interface Reading<T> {
  readonly arn: string
  readonly version: ParameterVersion
  readonly shown: T
  readonly isSecret: boolean
}

function readingOf<T>(arn: string, version: ParameterVersion, shown: T): Reading<T> {
  return { arn, version, shown, isSecret: version.type === 'SecureString' }
}

/** The answer at once where nothing is to be decrypted. One secret that cannot be read fails all. */
function answered<T, A>(
  ctx: Context,
  read: readonly Reading<T>[],
  withDecryption: boolean,
  answer: (shown: T[]) => A,
): A | Promise<A> {
  if (!withDecryption || !read.some(({ isSecret }) => isSecret)) {
    return answer(read.map(({ shown }) => shown))
  }
  return inTurn(ctx, read).then(answer)
}

async function inTurn<T>(ctx: Context, read: readonly Reading<T>[]): Promise<T[]> {
  const shown: T[] = []
  for (const reading of read) {
    shown.push(reading.isSecret ? await decrypted(ctx, reading) : reading.shown)
  }
  return shown
}

async function decrypted<T>(ctx: Context, { arn, version, shown }: Reading<T>): Promise<T> {
  return { ...shown, Value: await opened(ctx, arn, version) }
}

/** As the journal keeps it: a SecureString without its value, decrypted or not. */
function noted<T extends { readonly Type?: string | undefined }>(parameter: T): T {
  return parameter.Type === 'SecureString' ? { ...parameter, Value: '***' } : parameter
}

function found(ctx: Context, reference: string): Reading<Parameter> {
  const { parameter, version, selector } = theVersion(ctx, reference)
  return readingOf(parameter.arn, version, {
    ...shown(parameter, version),
    ...(selector === undefined ? {} : { Selector: selector }),
  })
}

/** The version with the label that the filters ask for, or the latest. */
function labelled(
  ctx: Context,
  parameter: ParameterRecord,
  label: string | undefined,
): Reading<Parameter> {
  const labelledVersion =
    label === undefined
      ? undefined
      : versionsOf(ctx, parameter.name).find(({ labels }) => labels.includes(label))
  const version = labelledVersion ?? theNumbered(ctx, parameter, parameter.version)
  return readingOf(parameter.arn, version, shown(parameter, version))
}

function shown({ arn }: ParameterRecord, version: ParameterVersion): Parameter {
  return {
    Name: version.name,
    Type: version.type,
    Value: version.value,
    Version: version.version,
    LastModifiedDate: version.lastModifiedAtMs,
    ARN: arn,
    DataType: version.dataType,
  }
}

function past(version: ParameterVersion): ParameterHistory {
  return {
    Name: version.name,
    Type: version.type,
    KeyId: version.keyId,
    LastModifiedDate: version.lastModifiedAtMs,
    LastModifiedUser: version.lastModifiedUser,
    Description: version.description,
    Value: version.value,
    AllowedPattern: version.allowedPattern,
    Version: version.version,
    Labels: version.labels,
    Tier: version.tier,
    Policies: shownPolicies(version.policies),
    DataType: version.dataType,
  }
}
