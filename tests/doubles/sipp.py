"""SIPp as the lines behind the edge: real processes that can be killed, and that keep what reached them."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from pathlib import Path

_OK = """<![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:];tag=[pid]L[call_number]
[last_Call-ID:]
[last_CSeq:]
[last_Record-Route:]
Contact: <sip:line@[local_ip]:[local_port]>
{body}
]]>"""
_GONE = _OK.replace("200 OK", "487 Request Terminated").replace("[last_CSeq:]", "CSeq: 1 INVITE")
_SDP = """Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 0
a=rtpmap:0 PCMU/8000
"""

# Another with every process, as that of a real line.
_ALIVE = """User-Agent: line [pid]
Content-Length: 0
"""

ANSWERS = f"""<?xml version="1.0" encoding="UTF-8"?>
<scenario name="a line that answers">
  <recv request="OPTIONS" optional="true" next="8"/>
  <recv request="INVITE"/>
  <send retrans="500">{_OK.format(body=_SDP)}</send>
  <label id="3"/>
  <recv request="ACK" optional="true" next="3"/>
  <recv request="INFO" optional="true" next="4"/>
  <recv request="BYE"/>
  <send next="9">{_OK.replace(";tag=[pid]L[call_number]", "").format(body="Content-Length: 0")}</send>
  <label id="4"/>
  <send next="3">{_OK.replace(";tag=[pid]L[call_number]", "").format(body="Content-Length: 0")}</send>
  <label id="8"/>
  <send>{_OK.format(body=_ALIVE)}</send>
  <label id="9"/>
</scenario>
"""

RINGS = f"""<?xml version="1.0" encoding="UTF-8"?>
<scenario name="a line that rings until the caller gives up">
  <recv request="OPTIONS" optional="true" next="8"/>
  <recv request="INVITE"/>
  <send>{_OK.replace("200 OK", "180 Ringing").format(body="Content-Length: 0")}</send>
  <recv request="CANCEL"/>
  <send>{_OK.format(body="Content-Length: 0")}</send>
  <send next="9">{_GONE.format(body="Content-Length: 0")}</send>
  <label id="8"/>
  <send>{_OK.format(body=_ALIVE)}</send>
  <label id="9"/>
</scenario>
"""


BUSY = f"""<?xml version="1.0" encoding="UTF-8"?>
<scenario name="a line that has no room">
  <recv request="OPTIONS" optional="true" next="8"/>
  <recv request="INVITE"/>
  <send next="9">{_OK.replace("200 OK", "486 Busy Here").format(body="Content-Length: 0")}</send>
  <label id="8"/>
  <send>{_OK.format(body=_ALIVE)}</send>
  <label id="9"/>
</scenario>
"""

HANGS_UP = f"""<?xml version="1.0" encoding="UTF-8"?>
<scenario name="a line that answers and hangs up">
  <recv request="OPTIONS" optional="true" next="8"/>
  <recv request="INVITE" rrs="true"/>
  <send retrans="500">{_OK.format(body=_SDP)}</send>
  <recv request="ACK"><action>
    <ereg regexp=".*" search_in="hdr" header="To:" assign_to="us"/>
    <ereg regexp=".*" search_in="hdr" header="From:" assign_to="caller"/>
  </action></recv>
  <send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[routes]
Max-Forwards: 70
From:[$us]
To:[$caller]
[last_Call-ID:]
CSeq: 1 BYE
Content-Length: 0

]]></send>
  <recv response="200" next="9"/>
  <label id="8"/>
  <send>{_OK.format(body=_ALIVE)}</send>
  <label id="9"/>
</scenario>
"""


class Sipp:
    """A SIPp server at ``host:port`` playing ``scenario``; its files go to ``folder``. Use as a context."""

    def __init__(self, folder: Path, port: int, *, scenario: str = ANSWERS, host: str = "127.0.0.1") -> None:
        self.folder, self.port, self.host, self._scenario = folder, port, host, scenario
        folder.mkdir(parents=True, exist_ok=True)
        self._starts = 0

    @property
    def address(self) -> tuple[str, int]:
        return self.host, self.port

    def __enter__(self) -> Sipp:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Returns when it listens."""
        self._starts += 1
        script, self._log = self.folder / "scenario.xml", self.folder / f"messages{self._starts}.log"
        script.write_text(self._scenario)
        self.process = subprocess.Popen(
            [
                *("sipp", "-sf", str(script), "-i", self.host, "-p", str(self.port), "-mi", self.host),
                *("-nostdin", "-trace_msg", "-message_file", str(self._log), "-nd", "-aa"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
        )
        wanted = f":{self.port:04X} "
        until = time.monotonic() + 5
        while wanted not in Path("/proc/thread-self/net/udp").read_text():
            assert time.monotonic() < until, "SIPp does not listen"
            assert self.process.poll() is None, "SIPp ended"
            time.sleep(0.02)

    def kill(self) -> None:
        """kill -9."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    @property
    def requests(self) -> list[tuple[str, str]]:
        """What came, over all its lives: (method, Call-ID)."""
        found = []
        for log in sorted(self.folder.glob("messages*.log")):
            for part in re.split(r"-{20,}[^\n]*\n", log.read_text(errors="replace")):
                if "message received" in part:
                    text = part.partition("\n\n")[2]
                    call = re.search(r"^Call-ID: *(\S+)", text, re.M | re.I)
                    found.append((text.split(" ", 1)[0], call.group(1) if call else ""))
        return found

    def calls(self) -> set[str]:
        """Call-IDs of the INVITEs that came."""
        return {call for method, call in self.requests if method == "INVITE"}
