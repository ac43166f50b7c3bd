import { isDeepStrictEqual } from 'node:util'
import type {
  AwsCloudFormationStackSetProperties as Properties,
  StackSetOperationPreferences,
} from '@cloud-orrery/models/cloudformation'

interface Override {
  readonly ParameterKey: string
  readonly ParameterValue: string
}

/** One request about instances that the resource of a stack set still has to make. */
export interface InstancePart {
  readonly kind: 'create' | 'update' | 'delete'
  readonly regions: readonly string[]
  readonly targets: NonNullable<Properties['StackInstancesGroup']>[number]['DeploymentTargets']
  readonly overrides: readonly Override[]
}

const definitionProperties = [
  'AdministrationRoleARN',
  'AutoDeployment',
  'Capabilities',
  'Description',
  'ExecutionRoleName',
  'ManagedExecution',
  'Parameters',
  'Tags',
  'TemplateBody',
  'TemplateURL',
] as const

/** Whether an update of the stack set itself is needed, not only of its instances. */
export function definitionChanged(now: Properties, before: Properties): boolean {
  return definitionProperties.some((name) => !isDeepStrictEqual(now[name], before[name]))
}

/** The first instances: a request a group, as the template lists them. */
export function firstParts({ StackInstancesGroup = [] }: Properties): readonly InstancePart[] {
  return StackInstancesGroup.map(({ DeploymentTargets, Regions, ParameterOverrides = [] }) => ({
    kind: 'create' as const,
    regions: Regions,
    targets: DeploymentTargets,
    overrides: ParameterOverrides,
  }))
}

interface Place {
  readonly account: string
  readonly region: string
  readonly overrides: readonly Override[]
}

function placesOf({ StackInstancesGroup = [] }: Properties): Map<string, Place> {
  const places = new Map<string, Place>()
  for (const { DeploymentTargets, Regions, ParameterOverrides = [] } of StackInstancesGroup) {
    for (const region of Regions) {
      for (const account of DeploymentTargets.Accounts ?? []) {
        places.set(`${account}/${region}`, { account, region, overrides: ParameterOverrides })
      }
    }
  }
  return places
}

/** What leads from the instances of one template to those of another: what goes, what comes, what changes. */
export function changedParts(now: Properties, before: Properties): readonly InstancePart[] {
  const wanted = placesOf(now)
  const known = placesOf(before)
  const gone = [...known].filter(([key]) => !wanted.has(key)).map(([, place]) => place)
  const added = [...wanted].filter(([key]) => !known.has(key)).map(([, place]) => place)
  const changed = [...wanted].flatMap(([key, place]) => {
    const old = known.get(key)
    const same = old === undefined || isDeepStrictEqual(old.overrides, place.overrides)
    return same ? [] : [place]
  })
  return [...grouped('delete', gone), ...grouped('create', added), ...grouped('update', changed)]
}

/** Everything that is there goes. */
export function lastParts(places: readonly Omit<Place, 'overrides'>[]): readonly InstancePart[] {
  return grouped(
    'delete',
    places.map((place) => ({ ...place, overrides: [] })),
  )
}

/** Places with the same overrides share a request, a region at a time. */
function grouped(kind: InstancePart['kind'], places: readonly Place[]): readonly InstancePart[] {
  const groups = Map.groupBy(places, ({ region, overrides }) => JSON.stringify([region, overrides]))
  return [...groups.values()].flatMap((group) => {
    const [one] = group
    if (one === undefined) return []
    const Accounts = group.map(({ account }) => account)
    return [{ kind, regions: [one.region], targets: { Accounts }, overrides: one.overrides }]
  })
}

/** `OperationPreferences` of a request about some regions: the order names no others. */
export function preferencesOf(
  { OperationPreferences }: Properties,
  regions?: readonly string[],
): { OperationPreferences?: StackSetOperationPreferences } {
  if (OperationPreferences === undefined) return {}
  const { RegionOrder, ...rest } = OperationPreferences
  const order = RegionOrder?.filter((region) => regions?.includes(region) ?? true)
  // The schema lists the API's values.
  const preferences = rest as StackSetOperationPreferences
  return {
    OperationPreferences:
      order === undefined || order.length === 0
        ? preferences
        : { ...preferences, RegionOrder: order },
  }
}
