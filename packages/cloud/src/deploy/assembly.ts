import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, extname, join, resolve } from 'node:path'
import { SimulatorError } from '@cloud-orrery/kernel'
import { cachedAssembly } from './assembly-cache.ts'

/** One stack to deploy. */
export interface StackSource {
  readonly stackName: string
  /** JSON or YAML, as it stands in its file. */
  readonly template: string
  readonly parameters: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
  /** Absent: the target's own. */
  readonly accountId?: string
  readonly region?: string
  readonly terminationProtection?: boolean
  /** Files that have to be in a bucket before. */
  readonly assets: readonly FileAsset[]
  /** The CDK's bootstrap resources have to be there. */
  readonly bootstrapped: boolean
}

export interface FileAsset {
  readonly path: string
  /** A folder is zipped. */
  readonly packaging: 'file' | 'zip'
  readonly bucketName: string
  readonly objectKey: string
}

/** Stacks in the order in which they have to be deployed. */
export interface Assembly {
  readonly stacks: readonly StackSource[]
}

/**
 * Reads what the user points at: a template, a cloud assembly (`cdk.out`) or the folder of a CDK app,
 * which is synthesised first.
 */
export function readAssembly(path: string, options: { stackName?: string } = {}): Assembly {
  const target = resolve(path)
  if (!existsSync(target)) {
    throw new SimulatorError(
      'NoSuchPath',
      `There is nothing at ${path}.`,
      'Name a template, a cdk.out folder or the folder of a CDK app.',
    )
  }
  if (statSync(target).isFile()) return templateFile(target, options.stackName)
  if (existsSync(join(target, 'manifest.json'))) return cloudAssembly(target)
  if (existsSync(join(target, 'cdk.json'))) return cloudAssembly(cachedAssembly(target))
  throw new SimulatorError(
    'NoAssembly',
    `${path} has neither a manifest.json nor a cdk.json.`,
    'Name a template, a cdk.out folder or the folder of a CDK app.',
  )
}

function templateFile(path: string, stackName?: string): Assembly {
  const name = stackName ?? basename(path, extname(path)).replace(/[^a-zA-Z0-9-]/g, '-')
  return {
    stacks: [
      {
        stackName: name,
        template: readFileSync(path, 'utf8'),
        parameters: {},
        tags: {},
        assets: [],
        bootstrapped: false,
      },
    ],
  }
}

interface Manifest {
  artifacts?: Record<string, Artifact>
}

interface Artifact {
  type: string
  environment?: string
  dependencies?: string[]
  properties?: {
    stackName?: string
    templateFile?: string
    parameters?: Record<string, string>
    tags?: Record<string, string>
    terminationProtection?: boolean
    requiresBootstrapStackVersion?: number
    file?: string
    directoryName?: string
  }
}

function cloudAssembly(folder: string): Assembly {
  // The CDK writes this file; its schema is `cloud-assembly-schema`.
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest
  const artifacts = manifest.artifacts ?? {}
  const stacks: StackSource[] = []
  for (const id of inOrder(artifacts)) {
    const artifact = artifacts[id]
    if (artifact?.type === 'aws:cloudformation:stack')
      stacks.push(stackOf(folder, id, artifact, artifacts))
    const nested = artifact?.properties?.directoryName
    if (artifact?.type === 'cdk:cloud-assembly' && nested !== undefined) {
      stacks.push(...cloudAssembly(join(folder, nested)).stacks)
    }
  }
  return { stacks }
}

function stackOf(
  folder: string,
  id: string,
  artifact: Artifact,
  artifacts: Record<string, Artifact>,
): StackSource {
  const properties = artifact.properties ?? {}
  const templateFile = properties.templateFile ?? `${id}.template.json`
  const place = /^aws:\/\/([^/]+)\/(.+)$/.exec(artifact.environment ?? '')
  const [, accountId, region] = place ?? []
  const assets = (artifact.dependencies ?? []).flatMap((name) => {
    const file =
      artifacts[name]?.type === 'cdk:asset-manifest' ? artifacts[name].properties?.file : undefined
    return file === undefined ? [] : fileAssets(folder, file, templateFile)
  })
  return {
    stackName: properties.stackName ?? id,
    template: readFileSync(join(folder, templateFile), 'utf8'),
    parameters: properties.parameters ?? {},
    tags: properties.tags ?? {},
    assets,
    bootstrapped: properties.requiresBootstrapStackVersion !== undefined,
    ...(accountId === undefined || accountId === 'unknown-account' ? {} : { accountId }),
    ...(region === undefined || region === 'unknown-region' ? {} : { region }),
    ...(properties.terminationProtection === undefined
      ? {}
      : { terminationProtection: properties.terminationProtection }),
  }
}

interface AssetManifest {
  files?: Record<
    string,
    {
      source: { path?: string; packaging?: 'file' | 'zip' }
      destinations: Record<string, { bucketName: string; objectKey: string }>
    }
  >
}

/** Assets of a stack but its own template, which goes to CloudFormation directly. */
function fileAssets(folder: string, manifestFile: string, templateFile: string): FileAsset[] {
  const manifest = JSON.parse(readFileSync(join(folder, manifestFile), 'utf8')) as AssetManifest
  return Object.values(manifest.files ?? {}).flatMap(({ source, destinations }) => {
    if (source.path === undefined || source.path === templateFile) return []
    // Absolute where the CDK was told not to bundle, or staging is off.
    const path = resolve(folder, source.path)
    return Object.values(destinations).map(({ bucketName, objectKey }) => ({
      path,
      packaging: source.packaging ?? 'file',
      bucketName,
      objectKey,
    }))
  })
}

/** Artifact ids, each after those that it depends on. */
function inOrder(artifacts: Record<string, Artifact>): string[] {
  const ordered: string[] = []
  const visit = (id: string, path: readonly string[]): void => {
    if (ordered.includes(id) || path.includes(id)) return
    for (const dependency of artifacts[id]?.dependencies ?? []) visit(dependency, [...path, id])
    ordered.push(id)
  }
  for (const id of Object.keys(artifacts)) visit(id, [])
  return ordered
}
