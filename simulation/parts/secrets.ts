import {
  CreateSecret,
  DeleteSecret,
  DescribeSecret,
  GetSecretValue,
  ListSecretVersionIds,
  PutSecretValue,
  RestoreSecret,
  UpdateSecretVersionStage,
} from '@cloud-orrery/models/secretsmanager'
import type { Draw } from '../draw.ts'
import type { Action, Part } from '../part.ts'
import { holds } from '../violation.ts'
import type { World } from '../world.ts'

const current = 'AWSCURRENT'
const previous = 'AWSPREVIOUS'
const pending = 'AWSPENDING'
const recoveryDays = 7

/** A secret: its versions' values, and which version has which label. */
interface Kept {
  readonly values: Map<string, string>
  readonly labels: Map<string, string>
  deletedAtMs?: number
}

/** Secrets: a label is on one version, and each version keeps its value. */
export class Secrets implements Part {
  readonly name = 'secrets'
  readonly #world: World
  readonly #kept = new Map<string, Kept>()

  constructor(world: World) {
    this.#world = world
  }

  readonly actions: Readonly<Record<string, Action>> = {
    'secrets.put': (draw) => this.#put(draw),
    'secrets.putPending': (draw) => this.#put(draw, [pending]),
    'secrets.putAgain': (draw) => this.#putAgain(draw),
    'secrets.finish': (draw) => this.#finish(draw),
    'secrets.get': (draw) => this.#get(draw),
    'secrets.delete': (draw) => this.#delete(draw),
    'secrets.restore': (draw) => this.#restore(draw),
  }

  async #put(draw: Draw, stages: readonly string[] = [current]): Promise<string> {
    const name = `vault/${draw.int(0, 3)}`
    const value = this.#world.token('secret')
    const id = versionId(value)
    const known = this.#kept.get(name)
    if (known === undefined) return await this.#create(name, value, id)
    const { output, refusal } = await this.#world.attempt(
      PutSecretValue,
      { SecretId: name, SecretString: value, ClientRequestToken: id, VersionStages: stages },
      { refusals: isDeleted(known) ? ['InvalidRequestException'] : [] },
    )
    if (output !== undefined) {
      holds(!isDeleted(known), 'deleted secret', () => `${name} takes ${value}`)
      known.values.set(id, value)
      for (const stage of stages) move(known, stage, id)
    }
    return `put ${name} ${value} ${stages}: ${refusal ?? 'put'}`
  }

  async #create(Name: string, SecretString: string, id: string): Promise<string> {
    const { output, refusal } = await this.#world.attempt(CreateSecret, {
      Name,
      SecretString,
      ClientRequestToken: id,
    })
    if (output !== undefined) {
      const values = new Map([[id, SecretString]])
      this.#kept.set(Name, { values, labels: new Map([[current, id]]) })
    }
    return `create ${Name} ${SecretString}: ${refusal ?? 'created'}`
  }

  /** The same token with the same value changes nothing; with another it is refused. */
  async #putAgain(draw: Draw): Promise<string> {
    const [name, known] = draw.maybe([...this.#kept]) ?? []
    if (name === undefined || known === undefined || isDeleted(known)) return 'put again: none'
    const [id, value] = draw.pick([...known.values])
    const isOther = draw.chance(0.4)
    const { output, refusal } = await this.#world.attempt(
      PutSecretValue,
      { SecretId: name, SecretString: isOther ? 'another' : value, ClientRequestToken: id },
      { refusals: isOther ? ['ResourceExistsException'] : [] },
    )
    holds(!isOther || output === undefined, 'client token', () => `${name}: ${id} was taken again`)
    return `put ${name} ${id} again: ${refusal ?? 'known'}`
  }

  /** As the last step of a rotation: what is pending is current from now on. */
  async #finish(draw: Draw): Promise<string> {
    const [name, known] = draw.maybe([...this.#kept]) ?? []
    const to = known?.labels.get(pending)
    const from = known?.labels.get(current)
    if (name === undefined || known === undefined || to === undefined || isDeleted(known)) {
      return 'finish a rotation: none'
    }
    if (to === from) return `finish ${name}: it is`
    const { output, refusal } = await this.#world.attempt(UpdateSecretVersionStage, {
      SecretId: name,
      VersionStage: current,
      MoveToVersionId: to,
      RemoveFromVersionId: from,
    })
    if (output !== undefined) move(known, current, to)
    return `finish ${name} with ${to}: ${refusal ?? 'current'}`
  }

  async #get(draw: Draw): Promise<string> {
    const name = draw.maybe([...this.#kept.keys()])
    if (name === undefined) return 'get a secret: none'
    return await this.#check(name, draw.pick([current, previous, pending]))
  }

  async #check(SecretId: string, VersionStage: string): Promise<string> {
    const known = this.#kept.get(SecretId)
    const id = known?.labels.get(VersionStage)
    const value = known?.values.get(id ?? '')
    const isGone = known !== undefined && isDeleted(known)
    const { output, refusal } = await this.#world.attempt(
      GetSecretValue,
      { SecretId, VersionStage },
      {
        refusals: isGone
          ? ['InvalidRequestException', 'ResourceNotFoundException']
          : id === undefined
            ? ['ResourceNotFoundException']
            : [],
      },
    )
    if (output === undefined) return `get ${SecretId} ${VersionStage}: ${refusal}`
    const { SecretString, VersionId } = output
    const isRight = !isGone && SecretString === value && VersionId === id
    holds(
      isRight,
      'secret',
      () => `${SecretId} ${VersionStage}: ${VersionId} ${SecretString}, ${id} ${value}`,
    )
    return `get ${SecretId} ${VersionStage}: ${SecretString}`
  }

  async #delete(draw: Draw): Promise<string> {
    const [name, known] = draw.maybe([...this.#kept]) ?? []
    if (name === undefined || known === undefined || isDeleted(known))
      return 'delete a secret: none'
    const { output, refusal } = await this.#world.attempt(DeleteSecret, {
      SecretId: name,
      RecoveryWindowInDays: recoveryDays,
    })
    if (output !== undefined) known.deletedAtMs = this.#world.nowMs
    return `delete ${name}: ${refusal ?? 'deleted'}`
  }

  async #restore(draw: Draw): Promise<string> {
    const [name, known] = draw.maybe([...this.#kept].filter(([, it]) => isDeleted(it))) ?? []
    if (name === undefined || known === undefined) return 'restore a secret: none'
    const { output, refusal } = await this.#world.attempt(RestoreSecret, { SecretId: name })
    if (output !== undefined) delete known.deletedAtMs
    return `restore ${name}: ${refusal ?? 'restored'}`
  }

  async end(): Promise<void> {
    for (const [name, known] of this.#kept) {
      for (const stage of [current, previous, pending]) await this.#check(name, stage)
      const { DeletedDate } = await this.#world.done(DescribeSecret, { SecretId: name })
      const isRight = (DeletedDate !== undefined) === isDeleted(known)
      holds(isRight, 'deleted secret', () => `${name}: ${DeletedDate}`)
      if (isDeleted(known)) continue
      const { Versions = [] } = await this.#world.done(ListSecretVersionIds, {
        SecretId: name,
        IncludeDeprecated: true,
      })
      const ids = Versions.map(({ VersionId }) => VersionId).sort()
      const expected = [...known.values.keys()].sort()
      holds(String(ids) === String(expected), 'versions of a secret', () => `${name}: ${ids}`)
      const labels = Versions.flatMap(({ VersionId, VersionStages = [] }) =>
        VersionStages.map((stage) => `${stage} ${VersionId}`),
      ).sort()
      const own = [...known.labels].map(([stage, id]) => `${stage} ${id}`).sort()
      holds(
        String(labels) === String(own),
        'labels of a secret',
        () => `${name}: ${labels}; ${own}`,
      )
    }
  }
}

/** Whoever loses AWSCURRENT becomes AWSPREVIOUS. Source: Secrets Manager User Guide, "Secret versions". */
function move({ labels }: Kept, stage: string, to: string): void {
  const from = labels.get(stage)
  if (stage === current && from !== undefined && from !== to) {
    labels.set(previous, from)
    if (labels.get(pending) === from) labels.delete(pending)
  }
  labels.set(stage, to)
}

function isDeleted({ deletedAtMs }: Kept): boolean {
  return deletedAtMs !== undefined
}

/** Version ids have 32 characters at least. */
function versionId(token: string): string {
  return token.replace('.', '').padEnd(32, '-')
}
