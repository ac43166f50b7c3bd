import { readFileSync } from 'node:fs'
import { routesOf, type Template, unguardedRoutes } from './logic.ts'

// node src/route-lint/main.ts template.json ...: exits with 1 where a route of an HTTP API has no scopes.
const found = process.argv.slice(2).flatMap((path) => {
  const template = JSON.parse(readFileSync(path, 'utf8')) as Template // As `cdk synth` writes it.
  return unguardedRoutes(routesOf(template)).map((finding) => `${path}: ${finding}`)
})
for (const finding of found) console.error(finding)
process.exitCode = found.length === 0 ? 0 : 1
