"""SBOMs that other tools wrote: read with limits, their defects named and mended in memory."""
