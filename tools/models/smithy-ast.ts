/** Smithy's JSON AST, as far as the generator reads it. Source: Smithy 2.0 specification, JSON AST. */
export interface SmithyModel {
  readonly smithy: string
  readonly shapes: Readonly<Record<string, SmithyShape>>
}

export type Traits = Readonly<Record<string, unknown>>

export interface SmithyReference {
  readonly target: string
  readonly traits?: Traits
}

export interface SmithyShape {
  readonly type: string
  readonly traits?: Traits
  readonly mixins?: readonly SmithyReference[]
  readonly members?: Readonly<Record<string, SmithyReference>>
  readonly member?: SmithyReference
  readonly key?: SmithyReference
  readonly value?: SmithyReference
  readonly version?: string
  readonly operations?: readonly SmithyReference[]
  readonly collectionOperations?: readonly SmithyReference[]
  readonly resources?: readonly SmithyReference[]
  readonly create?: SmithyReference
  readonly put?: SmithyReference
  readonly read?: SmithyReference
  readonly update?: SmithyReference
  readonly delete?: SmithyReference
  readonly list?: SmithyReference
  readonly input?: SmithyReference
  readonly output?: SmithyReference
  readonly errors?: readonly SmithyReference[]
  readonly rename?: Readonly<Record<string, string>>
}

/**
 * Folds `apply` statements and mixins into the shapes they change. Members of mixins come first, in the
 * order of the mixins, then the shape's own; traits are inherited unless the mixin keeps them to itself.
 */
export function resolveModel(model: SmithyModel): Record<string, SmithyShape> {
  const shapes: Record<string, SmithyShape> = {}
  for (const [id, shape] of Object.entries(model.shapes))
    if (shape.type !== 'apply') shapes[id] = shape
  const done = new Set<string>()
  const resolve = (id: string): void => {
    const shape = shapes[id]
    if (shape === undefined || done.has(id)) return
    done.add(id)
    if (shape.mixins === undefined || shape.mixins.length === 0) return
    let members: Record<string, SmithyReference> = {}
    let traits: Traits = {}
    for (const { target } of shape.mixins) {
      resolve(target)
      members = { ...members, ...shapes[target]?.members }
      traits = { ...traits, ...inherited(shapes[target]?.traits) }
    }
    for (const [name, member] of Object.entries(shape.members ?? {})) {
      members[name] = {
        target: member.target,
        traits: { ...members[name]?.traits, ...member.traits },
      }
    }
    shapes[id] = { ...shape, members, traits: { ...traits, ...shape.traits } }
  }
  for (const id of Object.keys(shapes)) resolve(id)
  for (const [id, { type, traits }] of Object.entries(model.shapes)) {
    if (type === 'apply') applyTraits(shapes, id, traits ?? {})
  }
  return shapes
}

function inherited(traits: Traits = {}): Traits {
  const mixin = traits['smithy.api#mixin'] as { localTraits?: string[] } | undefined
  const local = new Set(['smithy.api#mixin', ...(mixin?.localTraits ?? [])])
  return Object.fromEntries(Object.entries(traits).filter(([id]) => !local.has(id)))
}

function applyTraits(shapes: Record<string, SmithyShape>, id: string, traits: Traits): void {
  const [shapeId = '', memberName] = id.split('$')
  const shape = shapes[shapeId]
  if (shape === undefined) return
  if (memberName === undefined) {
    shapes[shapeId] = { ...shape, traits: { ...shape.traits, ...traits } }
    return
  }
  const member = shape.members?.[memberName]
  if (member === undefined) return
  const changed = { target: member.target, traits: { ...member.traits, ...traits } }
  shapes[shapeId] = { ...shape, members: { ...shape.members, [memberName]: changed } }
}

/** The target of operations without input or output. */
export const unit = 'smithy.api#Unit'

/** A shape's name without its namespace. */
export function bare(id: string): string {
  return id.slice(id.indexOf('#') + 1)
}

export function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

export function figure(value: unknown): number | undefined {
  return value === undefined ? undefined : Number(value)
}
