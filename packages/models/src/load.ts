import { readDataJson } from './data-file.ts'
import type { Member, OperationModel, ServiceModel, Shape } from './shape.ts'

/** Shapes as stored: members name their targets. */
export type StoredMember = Omit<Member, 'shape' | 'name'> & { target: string }
export type StoredShape = Omit<Shape, 'name' | 'members' | 'member' | 'key' | 'value'> & {
  members?: Record<string, StoredMember>
  member?: StoredMember
  key?: StoredMember
  value?: StoredMember
}
export type StoredOperation = Omit<OperationModel, 'name' | 'input' | 'output' | 'errors'> & {
  input?: string
  output?: string
  errors?: string[]
}
/** `data/<service>.json`. */
export type StoredServiceModel = Omit<ServiceModel, 'operations' | 'shapes'> & {
  operations: Record<string, StoredOperation>
  shapes: Record<string, StoredShape>
}

const loaded = new Map<string, ServiceModel>()

/** The model of a service, read and linked on first use. Throws for a name that has none. */
export function loadServiceModel(name: string): ServiceModel {
  const known = loaded.get(name)
  if (known !== undefined) return known
  const stored = readDataJson<StoredServiceModel>(`${name}.json`)
  if (stored === undefined) throw new Error(`no model of "${name}": npm run models -- ${name}`)
  const model = linkServiceModel(stored)
  loaded.set(name, model)
  return model
}

/** Replaces target names by the shapes themselves. Cycles are kept: shapes are linked in place. */
export function linkServiceModel(stored: StoredServiceModel): ServiceModel {
  const shapes: Record<string, Shape> = {}
  for (const name of Object.keys(stored.shapes)) shapes[name] = { name, type: 'structure' }
  const target = (name: string): Shape => {
    const shape = shapes[name]
    if (shape === undefined) throw new Error(`${stored.name}: unknown shape ${name}`)
    return shape
  }
  const link = (name: string, { target: to, ...rest }: StoredMember): Member => ({
    name,
    ...rest,
    shape: target(to),
  })
  for (const [name, { members, member, key, value, ...rest }] of Object.entries(stored.shapes)) {
    const linked: { -readonly [K in keyof Shape]: Shape[K] } = target(name)
    Object.assign(linked, rest)
    if (members !== undefined) {
      linked.members = Object.fromEntries(
        Object.entries(members).map(([memberName, stored]) => [
          memberName,
          link(memberName, stored),
        ]),
      )
    }
    if (member !== undefined) linked.member = link('member', member)
    if (key !== undefined) linked.key = link('key', key)
    if (value !== undefined) linked.value = link('value', value)
  }
  const unit = (name: string): Shape => ({ name, type: 'structure', members: {} })
  const operations: Record<string, OperationModel> = {}
  for (const [name, { input, output, errors, ...rest }] of Object.entries(stored.operations)) {
    operations[name] = {
      name,
      ...rest,
      input: input === undefined ? unit(`${name}Input`) : target(input),
      output: output === undefined ? unit(`${name}Output`) : target(output),
      errors: (errors ?? []).map(target),
    }
  }
  return { ...stored, operations, shapes }
}
