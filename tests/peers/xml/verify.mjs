// Checks every signature of every file that is named, by two makers' programs; prints one JSON line a file.
import { readFileSync } from "node:fs";
import { webcrypto } from "node:crypto";
import { DOMImplementation, DOMParser, XMLSerializer } from "@xmldom/xmldom";
import { SignedXml } from "xml-crypto";
import * as XAdES from "xadesjs";
import * as xpath from "xpath";

XAdES.setNodeDependencies({ DOMImplementation, DOMParser, XMLSerializer, xpath });
XAdES.Application.setEngine("node", webcrypto);
const DS = "http://www.w3.org/2000/09/xmldsig#";

const pem = (text) => `-----BEGIN CERTIFICATE-----\n${text.match(/.{1,64}/g).join("\n")}\n-----END CERTIFICATE-----\n`;

function byXmlCrypto(text, node) {
  const certificate = node.getElementsByTagNameNS(DS, "X509Certificate")[0].textContent;
  const check = new SignedXml({ publicCert: pem(certificate) });
  check.loadSignature(node);
  return check.checkSignature(text);
}

async function byXadesjs(document, node) {
  const check = new XAdES.SignedXml(document);
  check.LoadXml(node);
  return check.Verify();
}

const attempt = async (work) => {
  try {
    return await work();
  } catch (error) {
    return String(error.message ?? error);
  }
};

for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, "utf8");
  const document = new DOMParser().parseFromString(text, "application/xml");
  const found = { xmlcrypto: [], xadesjs: [] };
  for (const node of Array.from(document.getElementsByTagNameNS(DS, "Signature"))) {
    found.xmlcrypto.push(await attempt(() => byXmlCrypto(text, node)));
    found.xadesjs.push(await attempt(() => byXadesjs(document, node)));
  }
  console.log(JSON.stringify(found));
}
