import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { DescribeStackResources, type StackResource } from '@cloud-orrery/models/cloudformation'
import { type Command, UsageError } from '../command.ts'
import { ControlClient } from '../control-client.ts'
import { atMost, portOf, portOption } from '../options.ts'
import { type Graph, graphOf, type PictureEntry, type PictureResource } from '../picture/graph.ts'
import { portTarget } from '../port-target.ts'
import { runInForks } from '../run-in-forks.ts'
import { findSystem, type SystemFolder } from '../systems.ts'

export const command: Command = {
  summary: "Draw a stack's resources and the calls seen between them, as an SVG.",
  usage: `orrery picture SYSTEM|STACK [OPTIONS]
  SYSTEM       a number or slug: runs the system and draws what its promises did
  STACK        a stack of the running cloud, with the calls in its journal
  --out FILE   default: standard output
  --json       the graph instead of the picture
  --port N`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args,
      options: { ...portOption, json: { type: 'boolean' }, out: { type: 'string' } },
      allowPositionals: true,
    })
    const [name] = positionals
    if (name === undefined) throw new UsageError('Nothing to draw.', 'Name a system or a stack.')
    atMost(1, positionals)
    const system = systemNamed(io.cwd, name)
    const graph =
      system === undefined ? await stackGraph(name, portOf(values.port)) : await systemGraph(system)
    const text = values.json === true ? `${JSON.stringify(graph)}\n` : await draw(graph)
    if (values.out === undefined) io.out(text)
    else writeFileSync(resolve(io.cwd, values.out), text)
    return 0
  },
}

async function draw(graph: Graph): Promise<string> {
  const { layOut } = await import('../picture/layout.ts')
  const { svgOf } = await import('../picture/svg.ts')
  return svgOf(graph.title, await layOut(graph))
}

/** A system if the name is one; else it is a stack's name. */
function systemNamed(cwd: string, name: string): SystemFolder | undefined {
  try {
    return findSystem(cwd, name)
  } catch (error) {
    if (error instanceof UsageError) return undefined
    throw error
  }
}

async function systemGraph(system: SystemFolder): Promise<Graph> {
  const resources: PictureResource[] = []
  const journals = await runInForks(system, 1, async (aws, isBase): Promise<PictureEntry[]> => {
    const entries = [...aws.journal.entries]
    if (!isBase) return entries
    for (const StackName of system.stacks) {
      const { StackResources = [] } = await aws.call(DescribeStackResources, { StackName })
      resources.push(...StackResources.map(pictureResource))
    }
    return entries
  })
  return graphOf(system.title, resources, journals)
}

async function stackGraph(stackName: string, port: number): Promise<Graph> {
  const target = portTarget(port)
  const { StackResources = [] } = await target.call(DescribeStackResources, {
    StackName: stackName,
  })
  // The control answer of this path has this shape.
  const { entries } = (await new ControlClient(port).get('journal', { limit: '100000' })) as {
    entries: PictureEntry[]
  }
  return graphOf(stackName, StackResources.map(pictureResource), [entries])
}

function pictureResource(resource: StackResource): PictureResource {
  return {
    logicalId: resource.LogicalResourceId,
    type: resource.ResourceType,
    physicalId: resource.PhysicalResourceId ?? '',
  }
}
