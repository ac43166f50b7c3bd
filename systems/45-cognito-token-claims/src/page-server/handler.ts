import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setting } from '../setting.ts'
import { type PageSettings, served } from './files.ts'

const settings: PageSettings = {
  loginUrl: setting('LOGIN_URL'),
  clientId: setting('CLIENT_ID'),
  returnUrl: setting('RETURN_URL'),
  apiUrl: '',
}

/** Files that lie beside the function's code. */
function read(file: string): string {
  return readFileSync(join(setting('LAMBDA_TASK_ROOT'), file), 'utf8')
}

/** Serves the page. */
export const handler = async ({ rawPath }: { readonly rawPath: string }) =>
  served(rawPath, settings, read)
