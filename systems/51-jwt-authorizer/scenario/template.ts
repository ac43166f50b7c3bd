import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation'
import type { Aws } from '@cloud-orrery/vitest/scenario'
import type { Outputs } from './jwt-apis.ts'

interface Resource {
  readonly Type: string
  readonly Properties: Readonly<Record<string, unknown>>
}

/** The only intrinsic function in scopes: `Fn::Join` of a group and the client. */
type ScopeValue = string | { readonly 'Fn::Join': readonly [string, readonly (string | object)[]] }

export interface Guards {
  readonly routes: readonly { readonly path: string; readonly scopes: readonly string[] }[]
  readonly groups: readonly string[]
}

/** Routes with their scopes, and groups, as a stack's template has them. */
export async function guardsOf(aws: Aws, StackName: string, outputs: Outputs): Promise<Guards> {
  const { TemplateBody = '' } = await aws
    .client(CloudFormationClient)
    .send(new GetTemplateCommand({ StackName }))
  const { Resources } = JSON.parse(TemplateBody) as { Resources: Record<string, Resource> }
  const ofType = (type: string) =>
    Object.values(Resources).flatMap(({ Type, Properties }) => (Type === type ? [Properties] : []))
  return {
    routes: ofType('AWS::ApiGatewayV2::Route').map(({ RouteKey, AuthorizationScopes = [] }) => ({
      path: String(RouteKey).replace('GET ', ''),
      scopes: (AuthorizationScopes as ScopeValue[]).map((scope) => textOf(scope, outputs)),
    })),
    groups: ofType('AWS::Cognito::UserPoolGroup').map(({ GroupName }) => String(GroupName)),
  }
}

function textOf(scope: ScopeValue, { ClientId = '' }: Outputs): string {
  if (typeof scope === 'string') return scope
  const [separator, parts] = scope['Fn::Join']
  // What is no text refers to the client: scopes are made of nothing else.
  return parts.map((part) => (typeof part === 'string' ? part : ClientId)).join(separator)
}

/** None, each alone, and every set of several. */
export function subsetsOf(groups: readonly string[]): string[][] {
  const subsets: string[][] = [[]]
  for (const group of groups) subsets.push(...subsets.map((subset) => [...subset, group]))
  return subsets
}
