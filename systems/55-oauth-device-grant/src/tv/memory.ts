import { cookieOf, type Request } from '../alb/request.ts'
import { cookie } from '../alb/responses.ts'

/** What a television that waits must not forget. */
export interface Waiting {
  readonly deviceCode: string
  readonly userCode: string
  /** What the picture for phones says. */
  readonly address: string
  readonly interval: number
  readonly untilMs: number
}

/** One cookie for all: a television in a browser remembers what that browser does, out of reach of scripts. */
const name = '__Host-tv'

export interface Memory {
  readonly waiting?: Waiting
  readonly accessToken?: string
}

export function memoryOf(request: Request): Memory {
  const text = cookieOf(request, name)
  if (text === undefined) return {}
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString()) as Memory // Its own cookie: what is wrong in it harms only itself.
  } catch {
    return {}
  }
}

export function remember(memory: Memory, seconds: number): string {
  const text = Buffer.from(JSON.stringify(memory)).toString('base64url')
  return cookie(name, text, { maxAge: seconds, sameSite: 'Strict' })
}
