// socket.io rooms on its in-memory adapter.
const { Server } = require('socket.io');

const io = new Server(+process.argv[2], { transports: ['websocket'], perMessageDeflate: false });
let id = 0;
io.on('connection', (socket) => {
  let room;
  socket.on('join', (name) => { room = name; socket.join(name); socket.emit('joined', name); });
  socket.on('msg', (said) => io.to(room).emit('msg', { type: 'msg', id: ++id, text: said.text }));
});
