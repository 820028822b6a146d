//! A small HTTP/1.1 server: a thread for each connection, kept alive, bodies by their length. It costs the
//! measured process less of the machine than a framework would.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs},
    sync::Arc,
    thread,
};

use anyhow::{Context as _, Result};

const MAX_HEADERS: usize = 64;
const READ_BYTES: usize = 16 * 1024;

/// A request, read whole.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// An answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// A header's value, empty when it is absent; `name` in lower case.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value)
    }
}

/// Serves every connection to a new port of `host`: `open` makes it a stream of requests, `answer` answers
/// one, or ends the connection. It serves until the process ends.
pub(crate) fn serve<S: Read + Write>(
    host: &str,
    open: impl Fn(TcpStream) -> io::Result<S> + Send + Sync + 'static,
    answer: impl Fn(Request) -> Option<Reply> + Send + Sync + 'static,
) -> Result<SocketAddr> {
    let address = (host, 0).to_socket_addrs()?.next().with_context(|| format!("{host} has no address"))?;
    let listener = TcpListener::bind(address).context("no loopback port can be opened")?;
    let address = listener.local_addr()?;
    let served = Arc::new((open, answer));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let served = Arc::clone(&served);
            // A connection ends when its process does: nobody is there to be told how.
            thread::spawn(move || {
                let _ = stream.set_nodelay(true);
                (served.0)(stream).and_then(|stream| converse(stream, &served.1))
            });
        }
    });
    Ok(address)
}

fn converse<S: Read + Write>(mut stream: S, answer: &impl Fn(Request) -> Option<Reply>) -> io::Result<()> {
    let mut received = Vec::new();
    while let Some(request) = read(&mut stream, &mut received)? {
        let Some(reply) = answer(request) else { break };
        stream.write_all(&written(&reply))?;
        stream.flush()?;
    }
    Ok(())
}

/// The next request, `None` at the connection's end; what was read beyond it stays in `received`. Who asks before sending
/// a body is told to go on.
fn read<S: Read + Write>(stream: &mut S, received: &mut Vec<u8>) -> io::Result<Option<Request>> {
    let mut told = false;
    loop {
        if let Some((request, length)) = parse(received)? {
            received.drain(..length);
            return Ok(Some(request));
        }
        if !told && asks_first(received)? {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
            stream.flush()?;
            told = true;
        }
        let mut piece = [0; READ_BYTES];
        match stream.read(&mut piece)? {
            0 => return Ok(None),
            count => received.extend_from_slice(&piece[..count]),
        }
    }
}

/// Whether the request at the start of `received` waits for word before it sends its body.
fn asks_first(received: &[u8]) -> io::Result<bool> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut head = httparse::Request::new(&mut headers);
    let is_whole = head.parse(received).map_err(io::Error::other)?.is_complete();
    let asks = |header: &httparse::Header<'_>| {
        header.name.eq_ignore_ascii_case("expect") && header.value.eq_ignore_ascii_case(b"100-continue")
    };
    Ok(is_whole && head.headers.iter().any(asks))
}

/// The request at the start of `received` with its length, once it is there whole.
fn parse(received: &[u8]) -> io::Result<Option<(Request, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut head = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(start) = head.parse(received).map_err(io::Error::other)? else {
        return Ok(None);
    };
    let headers: Vec<_> = head.headers.iter().map(owned).collect();
    let [method, path] = [head.method, head.path].map(|part| part.unwrap_or_default().to_owned());
    let request = Request { method, path, headers, body: Vec::new() };
    if !request.header("transfer-encoding").is_empty() {
        return Err(io::Error::other("a body without a length"));
    }
    let end = start + request.header("content-length").parse().unwrap_or(0);
    let body = received.get(start..end).map(<[u8]>::to_vec);
    Ok(body.map(|body| (Request { body, ..request }, end)))
}

fn owned(header: &httparse::Header<'_>) -> (String, String) {
    (header.name.to_ascii_lowercase(), String::from_utf8_lossy(header.value).into_owned())
}

fn written(reply: &Reply) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} -\r\ncontent-length: {}\r\n", reply.status, reply.body.len());
    for (name, value) in &reply.headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head.push_str("\r\n");
    [head.as_bytes(), &reply.body].concat()
}

#[cfg(test)]
mod tests {
    use super::{Reply, asks_first, parse, written};

    #[test]
    fn a_request_is_read_once_its_body_is_whole_and_the_next_one_is_left() {
        let sent = b"POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\n\r\n";
        assert!(parse(&sent[..41]).unwrap().is_none());
        let (request, length) = parse(sent).unwrap().unwrap();
        assert_eq!((request.path.as_str(), request.body.as_slice()), ("/a", &b"abc"[..]));
        assert_eq!((request.method.as_str(), request.header("content-length")), ("POST", "3"));
        let (next, _) = parse(&sent[length..]).unwrap().unwrap();
        assert_eq!((next.path.as_str(), next.body.len()), ("/b", 0));
    }

    #[test]
    fn who_asks_before_sending_a_body_is_heard() {
        assert!(asks_first(b"PUT /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n").unwrap());
        assert!(!asks_first(b"PUT /a HTTP/1.1\r\nExpect: 100-con").unwrap());
        assert!(!asks_first(b"PUT /a HTTP/1.1\r\n\r\n").unwrap());
    }

    #[test]
    fn a_body_without_a_length_is_refused() {
        assert!(parse(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n").is_err());
    }

    #[test]
    fn a_reply_says_its_length() {
        let reply = Reply { status: 202, headers: vec![("a", "b".to_owned())], body: b"{}".to_vec() };
        assert_eq!(written(&reply), b"HTTP/1.1 202 -\r\ncontent-length: 2\r\na: b\r\n\r\n{}");
    }
}
