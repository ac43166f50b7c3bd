import { spawnSync } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname } from 'node:path'

/** Where the machine has what one environment sees. */
export interface Folders {
  /** `/var/task` */
  readonly task: string
  /** `/opt` */
  readonly opt: string
  /** `/var/runtime` */
  readonly runtime: string
  /** `/tmp` where there is no sandbox; in one it is a file system of its own. */
  readonly tmp: string
  /** The environment's own: it holds the mount point `root` and the file `clock`. */
  readonly own: string
}

/** What scripts of a language name in their first line: `/var/lang/bin/python`, and the same with a 3. */
export interface Interpreter {
  readonly name: string
  readonly path: string
}

/** The model's clock, as the code in a sandbox sees it. */
export const sandboxClock = '/.orrery-clock'

/**
 * A file tree of its own, in which the folders stand where AWS has them: the rest of the machine's tree is bound into
 * a fresh root. No privileges: a user namespace gives them. The command follows the nine arguments.
 */
const script = `set -e
root=$1; task=$2; opt=$3; runtime=$4; clock=$5; size=$6; language=$7; name=$8; keep=$9; shift 9
mount -t tmpfs -o mode=755 none "$root"
enter() {
  if [ -L "$1" ]; then cp -P "$1" "$root$1"
  elif [ -d "$1" ]; then mkdir -p "$root$1"; mount --rbind "$1" "$root$1"
  elif [ -e "$1" ]; then touch "$root$1"; mount --bind "$1" "$root$1"
  fi
}
for entry in /*; do case $entry in /var|/opt|/tmp) ;; *) enter "$entry" ;; esac; done
mkdir "$root/var" "$root/opt" "$root/tmp"
for entry in /var/*; do case $entry in /var/task|/var/runtime|/var/lang) ;; *) enter "$entry" ;; esac; done
mkdir "$root/var/task" "$root/var/runtime"
if [ -n "$language" ]; then
  mkdir -p "$root/var/lang/bin"
  for link in "$name" "\${name}3"; do ln -s "$language" "$root/var/lang/bin/$link"; done
fi
touch "$root${sandboxClock}"
mount --bind "$clock" "$root${sandboxClock}"
mount --bind "$task" "$root/var/task"
mount --bind "$opt" "$root/opt"
mount --bind "$runtime" "$root/var/runtime"
mount -t tmpfs -o "size=$size,mode=1777" none "$root/tmp"
if [ -n "$keep" ]; then mkdir -p "$root$keep"; mount --bind "$keep" "$root$keep"; fi
for folder in var/task opt var/runtime; do mount -o remount,bind,ro "$root/$folder" || true; done
cd "$root"
exec chroot . sh -c 'cd /var/task && exec "$@"' sh "$@"`

const namespaces = ['--user', '--map-root-user', '--mount']

let available: boolean | undefined

/** Whether this machine lets a user make such a tree: Linux with user namespaces, `unshare` and `mount`. */
export function canSandbox(): boolean {
  available ??=
    process.platform === 'linux' &&
    spawnSync('unshare', [...namespaces, 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0
  return available
}

/** Whether a sandbox would hide an interpreter, or something that leads to it, behind a folder of its own. */
export function isHidden(interpreter: Interpreter | undefined): boolean {
  if (interpreter === undefined) return false
  return waysTo(interpreter).some((way) => /^\/(opt|var\/(task|lang|runtime))\//.test(way))
}

/** Where an interpreter stands and what it is a link to: its file, and the environment that it belongs to. */
function waysTo({ path }: Interpreter): string[] {
  return existsSync(path) ? [path, realpathSync(path), realpathSync(dirname(path))] : [path]
}

/** The environment of an interpreter below `/tmp`, which has to be bound into the new one. */
function keptInTmp(interpreter: Interpreter | undefined): string {
  if (interpreter === undefined) return ''
  const way = waysTo(interpreter).find((way) => way.startsWith('/tmp/'))
  if (way === undefined) return ''
  return basename(way) === 'bin' ? dirname(way) : dirname(dirname(way))
}

/** The command that runs `command` in such a tree. */
export function sandboxed(
  folders: Folders,
  storageMb: number,
  command: readonly string[],
  interpreter?: Interpreter,
): [string, ...string[]] {
  const { own, task, opt, runtime } = folders
  const places = [`${own}/root`, task, opt, runtime, `${own}/clock`, `${storageMb}m`]
  const language = [interpreter?.path ?? '', interpreter?.name ?? '', keptInTmp(interpreter)]
  return ['unshare', ...namespaces, 'sh', '-c', script, 'sh', ...places, ...language, ...command]
}
