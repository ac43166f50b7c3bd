import { askForProjects } from '../access/ask.ts'
import { listed } from '../access/decision.ts'
import { type Request, verifiedClaims } from './events.ts'
import { serve } from './serve.ts'

/** The standard design, to compare with: every call asks CheckUserAccess, which reads the table. */
export const handler = async (request: Request) => {
  const claims = verifiedClaims(request)
  // ID tokens name the user with a prefix, access tokens without.
  const projects = await askForProjects(String(claims['cognito:username'] ?? claims['username']))
  return await serve(listed(projects), request.pathParameters?.projectId, 1)
}
