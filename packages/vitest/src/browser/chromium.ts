import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { InstallationAuthority, listen } from '@cloud-orrery/cloud'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { Aws } from '../aws.ts'

/** Chromium before one cloud: every name of the model is reached by its true name, with TLS that it verifies. */
export interface BrowserOfCloud {
  /** `Chromium 140.0.7339.16`. */
  readonly engine: string
  readonly browser: Browser
  /** One person's cookies and pages; `newPage` opens in it. */
  readonly context: BrowserContext
  newPage(): Promise<Page>
  /** Ends the browser and the door that it came by; the cloud goes on. They end with the cloud at the latest. */
  close(): Promise<void>
}

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const macPrograms = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/**
 * Opens headless Chromium, driven by Playwright, before a cloud. Undefined where Chromium or `playwright-core` is
 * missing, and where choices are explored, since a browser decides itself when it asks for what: the same is then to be
 * shown with a `Visitor`. The run says that it took part (`aws.engines`), and leaves its journal out of the digest.
 */
export async function openBrowser(aws: Aws): Promise<BrowserOfCloud | undefined> {
  const program = chromiumProgram()
  if (program === undefined || typeof aws.cloud.kernel.choices === 'object') return undefined
  const playwright = await import('playwright-core').catch(() => undefined)
  if (playwright === undefined) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'orrery-browser-'))
  const authority = await InstallationAuthority.open(folder)
  const door = await listen(aws.cloud, {
    port: 0,
    token: authority.certificate,
    trustFolder: folder,
    endsCloud: false,
  })
  const end = async () => {
    await door.close()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const browser = await playwright.chromium.launch({
      executablePath: program,
      proxy: { server: door.url, bypass: '<-loopback>' },
      // Trusts this cloud's authority and no other: neither the machine's store nor a profile is touched.
      args: [`--ignore-certificate-errors-spki-list=${authority.publicKeyHash}`],
    })
    const context = await browser.newContext()
    const engine = `Chromium ${browser.version()}`
    aws.engines.add(engine)
    const close = async () => {
      forget()
      await browser.close()
      await end()
    }
    const forget = aws.cloud.onClose(() => void close())
    return {
      engine,
      browser,
      context,
      newPage: () => context.newPage(),
      close,
    }
  } catch (error) {
    await end()
    throw error
  }
}

/** `ORRERY_CHROMIUM`, or the first that is found; the variable set to nothing: none. */
function chromiumProgram(): string | undefined {
  const named = process.env['ORRERY_CHROMIUM']
  if (named !== undefined) return named === '' ? undefined : named
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const places = programs.flatMap((program) => folders.map((folder) => join(folder, program)))
  return [...places, ...macPrograms].find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
