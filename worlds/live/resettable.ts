import type { Socket } from "node:net";

/**
 * A socket that can be reset whenever it is to break off. Node cannot reset one that is being ended already (`reset
 * EINVAL`): it then never closes it, and goes round for ever where it should end by itself. That one is destroyed.
 */
export function resettable(socket: Socket): Socket {
  const reset = socket.resetAndDestroy.bind(socket);
  const destroy = socket.destroy.bind(socket);
  return Object.assign(socket, {
    resetAndDestroy: (): Socket => (socket.writableEnded ? destroy() : reset()),
  });
}
