import type { Scope } from '@cloud-orrery/kernel'
import type { Authorization, Authorize } from '../define.ts'

type Verb = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * What a call of the control plane needs: an action by the verb of HTTP, on the path as a resource.
 * Source: Service Authorization Reference, "Amazon API Gateway Management".
 */
export function needs<I extends object>(verb: Verb, path: string): Authorize<I> {
  return (input, ctx) => permission(ctx, verb, filled(path, input))
}

export function permission({ region }: Scope, verb: Verb, path: string): Authorization {
  return { action: `apigateway:${verb}`, resource: `arn:aws:apigateway:${region}::${path}` }
}

/** `/restapis/{restApiId}` with the members of the input. */
function filled(path: string, input: object): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    // A generated input's members by name; labels are strings that the decoder found in the path.
    const value = (input as Record<string, unknown>)[name]
    return typeof value === 'string' ? value : ''
  })
}
