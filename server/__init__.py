"""Tatalaksana: runs an office's book of SOPs, written as BPMN diagrams, DMN tables and JSON forms."""
