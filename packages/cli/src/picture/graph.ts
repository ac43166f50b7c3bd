/** What a picture shows: the resources of a stack and the calls that were seen between them. */
export interface Graph {
  readonly title: string
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

export interface GraphNode {
  readonly id: string
  readonly label: string
  /** `AWS::SQS::Queue`, or what an outside node is: `mail`, `event source`. */
  readonly type: string
  /** Not part of the stack. */
  readonly outside: boolean
}

export interface GraphEdge {
  readonly from: string
  readonly to: string
  readonly label: string
  readonly count: number
  /** How many of them were denied or failed. */
  readonly failed: number
}

export interface PictureResource {
  readonly logicalId: string
  readonly type: string
  readonly physicalId: string
}

export interface PictureEntry {
  readonly sequence: number
  readonly kind: string
  readonly name: string
  readonly cause?: number | null | undefined
  readonly data: Readonly<Record<string, unknown>>
}

/** Parts that only say who may do what: the calls show it better. */
const attachments = /::(?:\w*Policy|Permission|Subscription|Metadata)$/

/** Builds the graph from a stack's resources and journals in which it was used. */
export function graphOf(
  title: string,
  resources: readonly PictureResource[],
  journals: readonly (readonly PictureEntry[])[],
): Graph {
  const nodes = new Map<string, GraphNode>()
  for (const { logicalId, type } of resources) {
    if (attachments.test(type)) continue
    nodes.set(logicalId, { id: logicalId, label: readable(logicalId), type, outside: false })
  }
  const edges = new Map<string, GraphEdge>()
  const nodeOf = (arn: string): string => {
    const own = resources.find((resource) => isArnOf(arn, resource))
    if (own !== undefined && nodes.has(own.logicalId)) return own.logicalId
    const { id, label, type } = outsideNode(arn)
    nodes.set(id, { id, label, type, outside: true })
    return id
  }
  const connect = (from: string, to: string, label: string, failed: boolean): void => {
    if (from === to) return
    const key = `${from}\n${to}\n${label}`
    const edge = edges.get(key) ?? { from, to, label, count: 0, failed: 0 }
    edges.set(key, { ...edge, count: edge.count + 1, failed: edge.failed + (failed ? 1 : 0) })
  }
  const isOwn = (arn: string) => resources.some((resource) => isArnOf(arn, resource))
  for (const journal of journals) {
    const bySequence = new Map(journal.map((entry) => [entry.sequence, entry]))
    for (const entry of journal) {
      readCall(entry, bySequence, isOwn, nodeOf, connect)
      readMail(entry, bySequence, isOwn, nodeOf, connect)
    }
  }
  return { title, nodes: [...nodes.values()], edges: [...edges.values()] }
}

type NodeOf = (arn: string) => string
type Connect = (from: string, to: string, label: string, failed: boolean) => void

function readCall(
  entry: PictureEntry,
  bySequence: ReadonlyMap<number, PictureEntry>,
  isOwn: (arn: string) => boolean,
  nodeOf: NodeOf,
  connect: Connect,
): void {
  const sourceArn = entry.data['sourceArn']
  if (entry.kind !== 'call' || typeof sourceArn !== 'string') return
  const decisions = (entry.data['decisions'] ?? []) as { resource: string }[] // The request path's form.
  const target = decisions[0]?.resource
  if (target === undefined || !(isOwn(sourceArn) || isOwn(target))) return
  const failed = entry.data['error'] !== undefined
  connect(nodeOf(sourceArn), nodeOf(target), entry.name.split('.')[1] ?? entry.name, failed)
  const event = ancestor(entry, bySequence, ({ kind }) => kind === 'event')
  if (event !== undefined && isOwn(sourceArn)) {
    connect(nodeOf(`source:${String(event.data['source'])}`), nodeOf(sourceArn), 'event', false)
  }
}

function readMail(
  entry: PictureEntry,
  bySequence: ReadonlyMap<number, PictureEntry>,
  isOwn: (arn: string) => boolean,
  nodeOf: NodeOf,
  connect: Connect,
): void {
  if (entry.kind !== 'mail') return
  const publish = ancestor(entry, bySequence, ({ name }) => name === 'sns.Publish')
  const decisions = (publish?.data['decisions'] ?? []) as { resource: string }[] // As above.
  const topic = decisions[0]?.resource
  const [to] = (entry.data['to'] ?? []) as string[] // The mailbox's form.
  if (topic === undefined || to === undefined || !isOwn(topic)) return
  connect(nodeOf(topic), nodeOf(`mail:${to}`), 'mail', false)
}

function ancestor(
  entry: PictureEntry,
  bySequence: ReadonlyMap<number, PictureEntry>,
  wanted: (entry: PictureEntry) => boolean,
): PictureEntry | undefined {
  let at: PictureEntry | undefined = entry
  while (at !== undefined && typeof at.cause === 'number') {
    at = bySequence.get(at.cause)
    if (at !== undefined && wanted(at)) return at
  }
  return undefined
}

/** Whether an ARN is a stack resource's: by its physical id, or by its name within the same service. */
function isArnOf(arn: string, { type, physicalId }: PictureResource): boolean {
  if (physicalId === '') return false
  if (arn === physicalId) return true
  const [, , arnService = '', , , resource = ''] = arn.split(':')
  if (arnService === 'execute-api') {
    // Calls of an API go by its id, then stage, method and path.
    return /::(?:Rest)?Api$/.test(type) && resource.split('/')[0] === physicalId
  }
  const service = type.split('::')[1]?.toLowerCase() ?? ''
  return arnService === (arnServices[service] ?? service) && lastPart(arn) === lastPart(physicalId)
}

/** Services whose ARNs name them otherwise than their types. */
const arnServices: Readonly<Record<string, string>> = { cognito: 'cognito-idp' }

function lastPart(text: string): string {
  return text.split(/[:/|]/).at(-1) ?? text
}

function outsideNode(arn: string): { id: string; label: string; type: string } {
  if (arn.startsWith('mail:')) return { id: arn, label: arn.slice(5), type: 'mail' }
  if (arn.startsWith('source:')) return { id: arn, label: arn.slice(7), type: 'event source' }
  const [, , service = '', , , ...rest] = arn.split(':')
  const resource = rest.join(':')
  // Things of one kind that come and go, such as OpsItems, are one node.
  const kind = resource.split('/')[0] ?? resource
  const id = `${service}:${resource.includes('*') || resource.includes('/') ? kind : resource}`
  return { id, label: kind === '' ? service : kind, type: service }
}

/** A logical id without the hash that the CDK appends. */
function readable(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '')
}
