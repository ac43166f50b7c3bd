import { spawnSync } from 'node:child_process'
import { accessSync, constants, copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { homedir, platform } from 'node:os'
import { join } from 'node:path'
import { SimulatorError } from '@cloud-orrery/kernel'

/** A place where programs of this machine look for authorities to trust. */
export interface Store {
  readonly name: string
  /** Why it cannot be written; absent where it can. */
  readonly missing?: string
  /** Whether it trusts the certificate in a PEM file. */
  has(file: string): boolean
  add(file: string): void
  remove(file: string): void
}

/** Under which an authority is kept where stores ask for a name. */
const nickname = 'Orrery CA of this machine'

/** The stores that this sort of machine has. */
export function storesOfMachine(): readonly Store[] {
  switch (platform()) {
    case 'linux':
      return [nssStore(), debianStore()]
    case 'darwin':
      return [macStore()]
    default:
      return []
  }
}

/** Chromium's on Linux, one a user. Source: Chromium docs, "Linux Cert Management". */
function nssStore(): Store {
  const folder = join(homedir(), '.pki/nssdb')
  const database = ['-d', `sql:${folder}`]
  const works = spawnSync('certutil', ['-H'], { stdio: 'ignore' }).error === undefined
  return {
    name: 'Chromium (NSS, this user)',
    ...(works ? {} : { missing: 'certutil is not there (Debian: libnss3-tools).' }),
    has: () => works && spawnSync('certutil', [...database, '-L', '-n', nickname]).status === 0,
    add(file) {
      if (!existsSync(folder)) run('mkdir', ['-p', '-m', '700', folder])
      if (!existsSync(join(folder, 'cert9.db'))) {
        run('certutil', [...database, '-N', '--empty-password'])
      }
      run('certutil', [...database, '-A', '-t', 'C,,', '-n', nickname, '-i', file])
    },
    remove: () => run('certutil', [...database, '-D', '-n', nickname]),
  }
}

/** curl's, Git's and OpenSSL's on Debian and its like. Source: update-ca-certificates(8). */
function debianStore(): Store {
  const folder = '/usr/local/share/ca-certificates'
  const kept = join(folder, 'orrery-ca.crt')
  return {
    name: 'the system (update-ca-certificates)',
    ...missingFor(folder),
    has: (file) => existsSync(kept) && readFileSync(kept).equals(readFileSync(file)),
    add(file) {
      copyFileSync(file, kept)
      run('update-ca-certificates', [])
    },
    remove() {
      rmSync(kept, { force: true })
      run('update-ca-certificates', ['--fresh'])
    },
  }
}

function missingFor(folder: string): { missing?: string } {
  try {
    accessSync(folder, constants.W_OK)
    return {}
  } catch {
    return { missing: `${folder} cannot be written; sudo helps where it is there.` }
  }
}

/** Safari's, Chrome's and curl's on macOS: the user's own keychain. Source: security(1). */
function macStore(): Store {
  const keychain = join(homedir(), 'Library/Keychains/login.keychain-db')
  return {
    name: 'the login keychain',
    has: () => spawnSync('security', ['find-certificate', '-c', nickname, keychain]).status === 0,
    add: (file) => run('security', ['add-trusted-cert', '-r', 'trustRoot', '-k', keychain, file]),
    remove: () => run('security', ['delete-certificate', '-c', nickname, '-t', keychain]),
  }
}

function run(program: string, args: readonly string[]): void {
  const { status, error, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  if (status === 0) return
  throw new SimulatorError(
    'TrustStore',
    `${program} failed: ${(error?.message ?? stderr).trim()}`,
    'What was done before it stays done; mend that and try again.',
  )
}
