import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { outputsOf } from '../stack-outputs.ts'
import { bundlePage } from './bundle.ts'
import { type PageSettings, served } from './files.ts'

// npm run web: the page at http://localhost:8081, with the login and the API of a deployed stack.
const port = 8081

/** An address as a browser without the model's proxy finds it: on AWS as it is, in the model under its port. */
function reachable(url: string): string {
  const endpoint = process.env['AWS_ENDPOINT_URL']
  if (endpoint === undefined) return url
  const { protocol, port } = new URL(endpoint)
  return url.replace(/^https:\/\/(.*?)(?:\.amazonaws)?\.com$/, `${protocol}//$1.localhost:${port}`)
}

const { LoginUrl = '', Url = '', ClientId = '' } = await outputsOf('ProjectsInAccessToken')
const settings: PageSettings = {
  loginUrl: reachable(LoginUrl),
  apiUrl: reachable(Url),
  clientId: ClientId,
  returnUrl: `http://localhost:${port}`,
}
const folder = mkdtempSync(join(tmpdir(), 'page-'))
const server = createServer(({ url = '/' }, response) => {
  bundlePage(folder)
  const { pathname } = new URL(url, settings.returnUrl)
  const answer = served(pathname, settings, (file) => readFileSync(join(folder, file), 'utf8'))
  response.writeHead(answer.statusCode, answer.headers).end(answer.body)
})
server.listen(port, 'localhost', () => console.log(`The page is at ${settings.returnUrl}`))
process.once('SIGINT', () => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
  process.exit(0)
})
