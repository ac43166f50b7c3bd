import ElkConstructor, { type ElkExtendedEdge, type ElkNode } from 'elkjs/lib/elk.bundled.js'
import type { Graph, GraphEdge, GraphNode } from './graph.ts'

export interface Placed {
  readonly width: number
  readonly height: number
  readonly nodes: readonly (GraphNode & Box)[]
  readonly edges: readonly (GraphEdge & { points: readonly Point[]; labelBox?: Box })[]
}

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Point {
  readonly x: number
  readonly y: number
}

/** Width of a character of the picture's font, in px at 13 px bold; a generous mean. */
const characterPx = 8.2
export const nodeHeightPx = 46

/** Places nodes in layers from left to right and routes the edges between them. */
export async function layOut(graph: Graph): Promise<Placed> {
  // The package's CommonJS default export is the class itself.
  const Elk = ElkConstructor as unknown as typeof ElkConstructor.default
  const root: ElkNode = {
    id: 'root',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': 'RIGHT',
      'elk.edgeRouting': 'ORTHOGONAL',
      'elk.layered.spacing.nodeNodeBetweenLayers': '56',
      'elk.spacing.nodeNode': '22',
      'elk.spacing.edgeLabel': '4',
      'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
    },
    children: graph.nodes.map((node) => ({
      id: node.id,
      width: Math.max(
        120,
        40 + characterPx * Math.max(node.label.length, shortType(node.type).length),
      ),
      height: nodeHeightPx,
    })),
    edges: graph.edges.map((edge, index) => ({
      id: String(index),
      sources: [edge.from],
      targets: [edge.to],
      labels: [{ text: edgeText(edge), width: characterPx * edgeText(edge).length, height: 14 }],
    })),
  }
  const laid = await new Elk().layout(root)
  return {
    width: laid.width ?? 0,
    height: laid.height ?? 0,
    nodes: graph.nodes.map((node) => ({ ...node, ...boxOf(find(laid.children, node.id)) })),
    edges: graph.edges.map((edge, index) => {
      const placed = laid.edges?.find(({ id }) => id === String(index))
      const label = placed?.labels?.[0]
      return {
        ...edge,
        points: pointsOf(placed),
        ...(label === undefined ? {} : { labelBox: boxOf(label) }),
      }
    }),
  }
}

/** `SQS Queue` of `AWS::SQS::Queue`. */
export function shortType(type: string): string {
  return type.replace(/^AWS::/, '').replace('::', ' ')
}

export function edgeText({ label, count, failed }: GraphEdge): string {
  const times = count > 1 ? ` ×${count}` : ''
  return failed === 0 ? `${label}${times}` : `${label}${times} (${failed} refused)`
}

function find(nodes: readonly ElkNode[] | undefined, id: string): ElkNode {
  return nodes?.find((node) => node.id === id) ?? { id }
}

function boxOf({ x = 0, y = 0, width = 0, height = 0 }: Partial<Box>): Box {
  return { x, y, width, height }
}

function pointsOf(edge: ElkExtendedEdge | undefined): Point[] {
  return (edge?.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) => [
    startPoint,
    ...bendPoints,
    endPoint,
  ])
}
