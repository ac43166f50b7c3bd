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
import { type ParameterRecord, type ParameterVersion, parameters } from './state.ts'

export const getParameter = operation(GetParameter, {
  authorize: ({ Name }, ctx) => judged(ctx, Name),
  scope: ({ Name }) => ownerOf(Name),
  provenance: 'recorded',
  run: (ctx, { Name }) => ({ Parameter: found(ctx, Name) }),
})

export const getParameters = operation(GetParameters, {
  authorize: ({ Names }, ctx) => Names.map((name) => judged(ctx, name)),
  // Asked before the input is checked: the names may be missing, or null.
  scope: ({ Names }) => ownerOf(Names?.[0] ?? ''),
  provenance: 'recorded',
  run(ctx, { Names }) {
    const Parameters: Parameter[] = []
    const InvalidParameters: string[] = []
    for (const name of new Set(Names)) {
      try {
        Parameters.push(found(ctx, name))
      } catch (error) {
        // A name or version that is not there is listed; a public parameter is refused by name.
        if (!(error instanceof AwsError) || error.code === notModelledCode) throw error
        InvalidParameters.push(name)
      }
    }
    return { Parameters, InvalidParameters }
  },
})

export const getParametersByPath = operation(GetParametersByPath, {
  authorize: ({ Path, Recursive = false }, ctx) => ({
    resource: parameterArn(ctx, Path),
    context: { 'ssm:Recursive': String(Recursive) },
  }),
  provenance: 'modelled',
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
    return { Parameters: items.map((it) => labelled(ctx, it, label)), NextToken: nextToken }
  },
})

export const getParameterHistory = operation(GetParameterHistory, {
  authorize: ({ Name }, ctx) => judged(ctx, Name),
  provenance: 'modelled',
  run(ctx, { Name, MaxResults = pageItems, NextToken }) {
    theParameter(ctx, Name)
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
    return { Parameters: items.map(past), NextToken: nextToken }
  },
})

function found(ctx: Context, reference: string): Parameter {
  const { parameter, version, selector } = theVersion(ctx, reference)
  return { ...shown(parameter, version), ...(selector === undefined ? {} : { Selector: selector }) }
}

/** The version with the label that the filters ask for, or the latest. */
function labelled(ctx: Context, parameter: ParameterRecord, label: string | undefined): Parameter {
  const version =
    label === undefined
      ? undefined
      : versionsOf(ctx, parameter.name).find(({ labels }) => labels.includes(label))
  return shown(parameter, version ?? theNumbered(ctx, parameter, parameter.version))
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
